import { useId, useState, type SyntheticEvent } from "react";
import { useKeptFocus } from "../kit/useKeptFocus";

/** The API's limits: how many tags a document has, and the length of one in characters. */
const TAGS_MAX = 20;
const TAG_MAX = 80;

interface TagsFieldProps {
  tags: readonly string[];
  onChange: (tags: string[]) => void;
}

/** The tags of a document, to add and to remove. */
export function TagsField({ tags, onChange }: TagsFieldProps) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const part = useKeptFocus(tags.length);
  const tag = typed.trim();
  const add = (event: SyntheticEvent) => {
    event.preventDefault();
    setTyped("");
    if (tag !== "" && !tags.includes(tag)) onChange([...tags, tag]);
  };
  return (
    <div className="tags" ref={part} tabIndex={-1}>
      <ul className="chips" aria-label="Tags">
        {tags.map((each) => (
          <li key={each}>
            <button type="button" className="chip chip--button" onClick={() => onChange(tags.filter((other) => other !== each))}>
              <span className="visually-hidden">Remove the tag </span>
              <bdi>{each}</bdi> <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      {tags.length < TAGS_MAX && (
        <form className="tags__form" onSubmit={add}>
          <label className="visually-hidden" htmlFor={id}>
            New tag
          </label>
          <input id={id} className="field" type="text" autoComplete="off" maxLength={TAG_MAX} placeholder="New tag" value={typed} onChange={({ target }) => setTyped(target.value)} />
          <button type="submit" className="button" aria-disabled={tag === ""}>
            Add
          </button>
        </form>
      )}
    </div>
  );
}
