import "./cards.css";

/** A placeholder for text that is not written yet. */
export function Blank({ lines, isTitle = false }: { lines: number; isTitle?: boolean }) {
  return (
    <div className={isTitle ? "blank blank--title" : "blank"} aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}
