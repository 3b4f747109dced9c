import { useDocument, useUndoKey } from "../editing";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { attributesOf } from "../lore/language";
import { useTitle } from "../style/useTitle";
import "./library.css";
import { PieceSheet } from "./PieceSheet";
import { useTrash } from "./useTrash";

/** One piece of the library. */
export function PiecePage({ pieceId }: { pieceId: string }) {
  const document = useDocument("pieces", pieceId);
  const { shown, error, reload } = document;
  const { putBack, isPending, failure } = useTrash("pieces", pieceId);
  const isDeleted = typeof shown?.deleted_at === "string";
  useTitle(shown?.name ?? "Piece");
  useUndoKey();
  return (
    <>
      <p className="back">
        <a href={ADDRESS.library}>Library</a>
      </p>
      {error !== null && <Notice error={error} onRetry={reload} />}
      {shown === null && error === null && <p className="empty">Loading the piece...</p>}
      {isDeleted && (
        <p className="trash-head" role="status">
          <span>
            <strong {...attributesOf(shown.language)}>{shown.name}</strong> is in the trash.
          </span>
          <button type="button" className="button" disabled={isPending} onClick={putBack}>
            Put back
          </button>
          {failure && <span role="alert">{failure}</span>}
        </p>
      )}
      {shown !== null && !isDeleted && (
        <article className="kept kept--page">
          <PieceSheet document={document} level={1} />
        </article>
      )}
    </>
  );
}
