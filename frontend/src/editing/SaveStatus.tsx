import { useState } from "react";
import type { EditorState } from "./editorState";
import type { EditableDocument } from "./useDocument";
import { ConflictDialog } from "./ConflictDialog";

/** Whether the document is saved, in words, with what the user can do about it: undo, try again, or settle a conflict. */
export function SaveStatus({ document }: { document: EditableDocument }) {
  const { save, changedAt, editor } = document;
  const [isOpen, setOpen] = useState(false);
  // The conflict may also end without a choice. The next one must not open the dialog by itself.
  if (isOpen && save.state !== "conflict") setOpen(false);
  return (
    <div className="save-status" data-state={save.state}>
      <p role="status">{textOf(document)}</p>
      {save.state === "conflict" && (
        <button type="button" className="button button--main" onClick={() => setOpen(true)}>
          Choose
        </button>
      )}
      {(save.state === "refused" || save.state === "waiting") && (
        <button type="button" className="button" onClick={() => editor.retry({ refused: true })}>
          Try again
        </button>
      )}
      {changedAt !== null && save.state === "saved" && (
        <button type="button" className="button" onClick={() => editor.undo()}>
          Undo
        </button>
      )}
      {isOpen && <ConflictDialog document={document} onClose={() => setOpen(false)} />}
    </div>
  );
}

function textOf({ save, isStored }: Pick<EditorState<"pieces">, "save" | "isStored">): string {
  const kept = isStored ? "Your text is kept on this device." : "Keep this page open: your browser does not store the text.";
  switch (save.state) {
    case "saved":
      return save.isNews ? "Saved" : "";
    case "typing":
      return isStored ? "" : kept;
    case "saving":
      return "Saving...";
    case "offline":
      return `Not saved yet: you are offline. ${kept}`;
    case "waiting":
      return `Not saved yet. ${save.reason} ${kept}`;
    case "refused":
      return `Not saved. ${save.reason} ${kept}`;
    case "conflict":
      return "Somebody changed the same text in the meantime. Both texts are kept until you choose.";
  }
}
