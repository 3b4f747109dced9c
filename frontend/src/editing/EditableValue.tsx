import type { ReactNode } from "react";
import { attributesOf } from "../lore/language";
import { wordsOf } from "../lore/detail";
import { paragraphsOf } from "../lore/paragraphs";
import { isObject, valueAt, type Path } from "./change";
import { useEditedDocument } from "./DocumentContext";
import { EditableText } from "./EditableText";

interface EditableValueProps {
  path: Path;
  label: string;
  language: string | null;
  /** Stands above the value, beside its buttons. */
  heading?: ReactNode;
  /** More buttons, beside the one that edits. */
  tools?: ReactNode;
}

/** A detail of a piece, which can be edited in place. Its JSON type decides its form, not its name. */
export function EditableValue({ path, label, language, heading, tools }: EditableValueProps) {
  const { shown, change } = useEditedDocument();
  const value = valueAt(shown, path);
  if (typeof value === "boolean") {
    return (
      <label className="check">
        <input type="checkbox" checked={value} onChange={(event) => change(path, event.target.checked)} /> {label}
      </label>
    );
  }
  if (isObject(value)) return <EditableMembers path={path} value={value} label={label} language={language} heading={heading} tools={tools} />;
  return (
    <EditableText path={path} label={label} language={language} heading={heading} tools={tools}>
      <ShownValue value={value} language={language} />
    </EditableText>
  );
}

function EditableMembers({ path, value, label, language, heading, tools }: EditableValueProps & { value: Record<string, unknown> }) {
  return (
    <div role="group" aria-label={label} className="members">
      <div className="members__head">
        {heading}
        {tools && <span className="editable__tools">{tools}</span>}
      </div>
      {Object.entries(value).map(([name, member]) => (
        <EditableMember key={name} path={[...path, name]} name={name} value={member} label={label} language={language} />
      ))}
    </div>
  );
}

interface EditableMemberProps extends Pick<EditableValueProps, "path" | "label" | "language"> {
  name: string;
  value: unknown;
}

/** A number stands beside its name, anything else below it. */
function EditableMember({ path, name, value, label, language }: EditableMemberProps) {
  const isShort = typeof value === "number";
  const heading = <span className="members__label">{wordsOf(name)}</span>;
  const field = `${label}: ${wordsOf(name)}`;
  return (
    <div className="members__entry" data-short={isShort}>
      {isShort && heading}
      <EditableValue path={path} label={field} language={language} {...(isShort ? {} : { heading })} />
    </div>
  );
}

/** A text, number, yes or no, or list. */
export function ShownValue({ value, language }: { value: unknown; language: string | null }) {
  if (typeof value === "number") return <p>{value}</p>;
  if (typeof value === "boolean") return <p>{value ? "Yes" : "No"}</p>;
  if (typeof value === "string" && value.trim() !== "") {
    return paragraphsOf(value).map((text, index) => <p key={index} {...attributesOf(language)}>{text}</p>);
  }
  const entries = Array.isArray(value) ? value.map(entryText) : isObject(value) ? Object.entries(value).map(memberText) : [];
  if (entries.length === 0) return <p className="quiet">Empty</p>;
  return (
    <ul className="entries" {...attributesOf(language)}>
      {entries.map((entry, index) => (
        <li key={index}>{entry}</li>
      ))}
    </ul>
  );
}

function memberText([name, value]: [string, unknown]): string {
  return `${wordsOf(name)}: ${entryText(value)}`;
}

function entryText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
