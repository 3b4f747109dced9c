import { useId } from "react";
import { offeredLanguages } from "../lore/language";

interface LanguagesProps {
  /** A BCP 47 tag; null if nobody has said which language it is. */
  value: string | null;
  onChange: (language: string | undefined) => void;
}

const LANGUAGES = offeredLanguages();

/** The language of a text. */
export function Languages({ value, onChange }: LanguagesProps) {
  const id = useId();
  const isOffered = value === null || LANGUAGES.some(({ tag }) => tag === value);
  return (
    <div className="inline-field">
      <label htmlFor={id}>Language</label>
      <select id={id} className="field" value={value ?? ""} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">Not stated</option>
        {!isOffered && <option value={value}>{value}</option>}
        {LANGUAGES.map(({ tag, name }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
