import { useRef, useState, type FocusEvent, type HTMLAttributes, type KeyboardEvent } from "react";
import type { Form } from "./form";

export interface TextFieldProps {
  id: string;
  label: string;
  form: Form;
  /** The current text. The field shows it until the user types. */
  text: string;
  lengthMax?: number | undefined;
  /** The language and direction of the text. */
  attributes: HTMLAttributes<HTMLElement>;
  /** Why a value cannot be saved; empty if it can. */
  faultOf: (value: unknown) => string;
  /** Called with each value while the user types, valid or not. */
  onType: (value: unknown) => void;
  /** Called when what was typed is valid, and is to be saved. */
  onSave: () => void;
  /** The user wants the previous text back. */
  onRevert: () => void;
  /** `byKey`: with a key or a button, so the focus must move somewhere. */
  onLeave: (byKey: boolean) => void;
}

/** The field of a text that is being edited. It saves when the user leaves it, with Enter (in one line), and with Ctrl+S. */
export function TextField(props: TextFieldProps) {
  const { id, label, form, attributes, lengthMax } = props;
  const { text, fault, type, leave, revert, onKeyDown, onBlur, box } = useTextField(props);
  const shared = {
    id,
    className: "field editable__field",
    value: text,
    maxLength: lengthMax,
    "aria-label": label,
    "aria-invalid": fault !== "",
    "aria-describedby": `${id}-hint`,
    onKeyDown,
    onBlur,
    onChange: (event: { target: { value: string } }) => type(event.target.value),
    ...attributes,
  };
  return (
    <div className="editable__box" ref={box}>
      {form.isLong ? (
        <textarea ref={focusAtEnd} rows={Math.min(12, 2 + Math.ceil(text.length / 50))} {...shared} />
      ) : (
        <input ref={focusAtEnd} type="text" autoComplete="off" inputMode={form.isNumber ? "decimal" : "text"} {...shared} />
      )}
      <p className="editable__hint" id={`${id}-hint`} role={fault ? "alert" : undefined} data-fault={fault !== ""}>
        {fault || form.hint}
      </p>
      <button type="button" className="button" onBlur={onBlur} onMouseDown={keepFocus} onClick={leave}>
        Done
      </button>
      <button type="button" className="button button--quiet" onBlur={onBlur} onMouseDown={keepFocus} onClick={revert}>
        Cancel
      </button>
    </div>
  );
}

function useTextField({ form, text: current, faultOf, onType, onSave, onRevert, onLeave }: TextFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? current;
  const [fault, setFault] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const type = (next: string) => {
    setTyped(next);
    setFault("");
    onType(form.fromText(next));
  };
  const save = () => {
    const found = typed === null ? "" : faultOf(form.fromText(typed));
    setFault(found);
    if (found === "") onSave();
    return found === "";
  };
  const leave = (byKey = true) => save() && onLeave(byKey);
  const revert = () => {
    onRevert();
    onLeave(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, form.isLong);
    if (action === null) return;
    event.preventDefault();
    event.stopPropagation();
    ({ save, leave: () => leave(), revert })[action]();
  };
  /** If the whole window loses the focus, the field stays open. */
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (document.activeElement === currentTarget) save();
    else if (!box.current?.contains(relatedTarget)) leave(false);
  };
  return { text, fault, type, leave: () => leave(), revert, onKeyDown, onBlur, box };
}

function actionOf({ key, ctrlKey, metaKey, nativeEvent }: KeyboardEvent, isLong: boolean): "save" | "leave" | "revert" | null {
  if (nativeEvent.isComposing) return null;
  const isCommand = ctrlKey || metaKey;
  if (isCommand && key.toLowerCase() === "s") return "save";
  if (key === "Enter" && (isCommand || !isLong)) return "leave";
  return key === "Escape" ? "revert" : null;
}

/** Keeps the focus in the field, so that a click on a button does not count as leaving it. */
function keepFocus(event: { preventDefault: () => void }): void {
  event.preventDefault();
}

function focusAtEnd(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (field === null || document.activeElement === field) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
