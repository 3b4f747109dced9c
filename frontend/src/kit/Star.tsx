import "./star.css";

interface StarProps {
  /** What it marks, for people who cannot see where it is. */
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** A switch: whether something is a favourite. */
export function Star({ label, isOn, onChange }: StarProps) {
  return (
    <button type="button" className="star" aria-label={label} title="Favourite" aria-pressed={isOn} onClick={() => onChange(!isOn)} />
  );
}
