import type { KeptPiece } from "@loresmith/jobs/library";
import { useId, useRef, useState, type SyntheticEvent } from "react";
import type { EditableDocument } from "../editing";
import { wordsOf } from "../lore/detail";
import { useRegistry } from "../registry/registry";

/** Adds a detail to a piece. */
export function AddDetail({ piece, document }: { piece: KeptPiece; document: EditableDocument<"pieces"> }) {
  const [isOpen, setOpen] = useState(false);
  const wasOpen = useRef(false);
  const close = () => {
    wasOpen.current = true;
    setOpen(false);
  };
  const add = (key: string, text: string) => {
    document.change(["details", key], text);
    close();
  };
  const focusIfClosed = (button: HTMLButtonElement | null) => {
    if (wasOpen.current) button?.focus();
    if (button) wasOpen.current = false;
  };
  if (isOpen) return <DetailForm piece={piece} onAdd={add} onClose={close} />;
  return (
    <button ref={focusIfClosed} type="button" className="link" onClick={() => setOpen(true)}>
      Add a detail
    </button>
  );
}

interface DetailFormProps {
  piece: KeptPiece;
  onAdd: (key: string, text: string) => void;
  onClose: () => void;
}

function DetailForm({ piece, onAdd, onClose }: DetailFormProps) {
  const id = useId();
  const [label, setLabel] = useState("");
  const [text, setText] = useState("");
  const key = keyOfLabel(label);
  const isFree = key !== "" && !isTaken(piece, key);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isFree && text.trim() !== "") onAdd(key, text.trim());
  };
  return (
    <form className="add-detail" aria-label="Add a detail" onSubmit={submit}>
      <label htmlFor={`${id}-label`}>Name of the detail</label>
      <LabelField id={`${id}-label`} piece={piece} value={label} onChange={setLabel} />
      {key !== "" && !isFree && <p role="alert">This piece already has that. Choose another name.</p>}
      <label htmlFor={`${id}-text`}>Text</label>
      <textarea id={`${id}-text`} className="field" rows={3} required value={text} onChange={(event) => setText(event.target.value)} />
      <p className="form-actions">
        <button type="submit" className="button button--main">
          Add
        </button>
        <button type="button" className="button button--quiet" onClick={onClose}>
          Cancel
        </button>
      </p>
    </form>
  );
}

interface LabelFieldProps {
  id: string;
  piece: KeptPiece;
  value: string;
  onChange: (label: string) => void;
}

/** Suggests the details that a job writes for this kind. */
function LabelField({ id, piece, value, onChange }: LabelFieldProps) {
  const fields = useRegistry().fieldsOf(piece.kind).map(({ field }) => field);
  return (
    <>
      <input
        id={id}
        ref={focus}
        className="field"
        list={`${id}-known`}
        autoComplete="off"
        maxLength={40}
        required
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${id}-known`}>
        {fields.filter((field) => !isTaken(piece, field)).map((field) => <option key={field} value={wordsOf(field)} />)}
      </datalist>
    </>
  );
}

function focus(field: HTMLInputElement | null): void {
  field?.focus();
}

function isTaken(piece: KeptPiece, key: string): boolean {
  return Object.hasOwn(piece.details, key) || ["name", "description"].includes(key);
}

/** "hit_points" for "Hit points". */
function keyOfLabel(label: string): string {
  return label.trim().toLowerCase().replace(/\s+/g, "_");
}
