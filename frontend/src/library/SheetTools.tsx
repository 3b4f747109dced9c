import type { KeptPiece } from "@loresmith/jobs/library";
import { useState } from "react";
import { RewritePanel, useRewrite, VersionsDialog, type EditableDocument, type Locks } from "../editing";
import { useRegistry } from "../registry/registry";
import { UseInDraft } from "./UseInDraft";
import { useTrash } from "./useTrash";

interface SheetToolsProps {
  document: EditableDocument<"pieces">;
  piece: KeptPiece;
  locks: Locks;
}

/** The actions for a piece: rewrite it, look at its versions, use it in a new world, delete it. */
export function SheetTools({ document, piece, locks }: SheetToolsProps) {
  const fields = useRegistry().fieldsOf(piece.kind).map(({ field }) => field);
  const rewrite = useRewrite(document);
  const [isAsked, setAsked] = useState(false);
  const [hasVersions, setVersions] = useState(false);
  const { discard, isPending, failure } = useTrash("pieces", piece.id);
  const { isPolling, isFailed, isCancelled } = rewrite.polling;
  const isShown = isAsked || isPolling || isFailed || isCancelled || rewrite.result !== null;
  const close = () => {
    if (!isPolling) rewrite.polling.reset();
    rewrite.dismiss();
    setAsked(false);
  };
  return (
    <>
      <div className="sheet__tools">
        {fields.length > 0 && (
          <button type="button" className="button" aria-expanded={isShown} onClick={isShown ? close : () => setAsked(true)}>
            Rewrite...
          </button>
        )}
        <button type="button" className="button" onClick={() => setVersions(true)}>
          Versions
        </button>
        <UseInDraft piece={piece} />
        <button type="button" className="button button--quiet" disabled={isPending} onClick={discard}>
          Delete
        </button>
      </div>
      {failure && <p role="alert">{failure}</p>}
      {isShown && <RewritePanel document={document} rewrite={rewrite} fields={fields} locks={locks} onClose={close} />}
      {hasVersions && <VersionsDialog document={document} onClose={() => setVersions(false)} />}
    </>
  );
}
