import { useEffect, useEffectEvent, useId, useRef, useState, type ReactNode } from "react";
import { attributesOf } from "../lore/language";
import { keyOf, valueAt, type Path } from "./change";
import { useEditedDocument } from "./DocumentContext";
import "./editing.css";
import { formOf, type Form } from "./form";
import { TextField } from "./TextField";

export interface EditableTextProps {
  path: Path;
  /** What the part is called: "Description". */
  label: string;
  language?: string | null;
  /** Whether it may have several lines. By default, its current value decides. */
  isLong?: boolean;
  /** In characters. */
  lengthMax?: number | undefined;
  isRequired?: boolean;
  /** Stands above the part, beside its buttons. Without one, the buttons are beside the part. */
  heading?: ReactNode;
  /** More buttons, beside the one that edits. */
  tools?: ReactNode;
  /** The part while it is not being edited. */
  children: ReactNode;
}

/** A part of a document as text, which can be edited in place. Text, numbers and lists are edited alike. */
export function EditableText(props: EditableTextProps) {
  const { path, label, isLong = false, heading, tools, children } = props;
  const { shown, unsaved, faults } = useEditedDocument();
  const [isEditing, setEditing] = useState(false);
  const keepsFocus = useRef(false);
  const value = valueAt(shown, path);
  const form = formOf(value, { isLong });
  const key = keyOf(path);
  if (form === null) return children;
  const leave = (byKey: boolean) => {
    keepsFocus.current = byKey;
    setEditing(false);
  };
  const focusIfLeft = (button: HTMLButtonElement | null) => {
    if (keepsFocus.current) button?.focus();
    if (button) keepsFocus.current = false;
  };
  return (
    <div className="editable" data-unsaved={unsaved.has(key)} data-headed={heading !== undefined}>
      {heading}
      {isEditing ? (
        <EditedText {...props} form={form} value={value} onLeave={leave} />
      ) : (
        <>
          <div className="editable__text">{children}</div>
          <span className="editable__tools">
            {tools}
            <button ref={focusIfLeft} type="button" className="editable__edit" aria-label={`Edit ${label}`} title={`Edit ${label}`} onClick={() => setEditing(true)} />
          </span>
        </>
      )}
      {faults.has(key) && <p className="editable__fault" role="alert">{faults.get(key)}</p>}
    </div>
  );
}

interface EditedTextProps extends EditableTextProps {
  form: Form;
  value: unknown;
  onLeave: (byKey: boolean) => void;
}

function EditedText({ path, label, language, form: formAtFirst, value, lengthMax, isRequired, onLeave }: EditedTextProps) {
  const { editor } = useEditedDocument();
  const id = useId();
  // What is typed must not change the form.
  const [form] = useState(formAtFirst);
  const [before, setBefore] = useState<{ value: unknown } | null>(null);
  const finish = useEffectEvent(() => editor.finish(path));
  useEffect(() => () => finish(), []);
  const isValid = (given: unknown) => given !== undefined && !(isRequired && given === "");
  const type = (given: unknown) => {
    const old = before ?? { value };
    setBefore(old);
    editor.change(path, isValid(given) ? given : old.value, true);
  };
  return (
    <TextField
      id={id}
      label={label}
      form={form}
      text={form.toText(value)}
      lengthMax={lengthMax}
      attributes={form.isNumber ? {} : attributesOf(language)}
      faultOf={(given) => (isValid(given) ? "" : form.fault || "This cannot be empty.")}
      onType={type}
      onSave={() => editor.finish(path)}
      onRevert={() => before && editor.change(path, before.value)}
      onLeave={onLeave}
    />
  );
}
