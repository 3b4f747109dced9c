import type { KeptPiece } from "@loresmith/jobs/library";
import { useEffect, useEffectEvent, useState } from "react";
import { useDocument, type EditableDocument } from "../editing";
import { Emblem } from "../emblem/Emblem";
import { pieceAddress } from "../kit/route";
import { conceptOf } from "../lore/detail";
import { attributesOf } from "../lore/language";
import { useKindLabel } from "../registry/registry";
import { dateText } from "../style/dateText";
import { FavouriteButton } from "./Marks";
import { PieceSheet } from "./PieceSheet";
import type { Chosen } from "./useChosen";
import { useTrash } from "./useTrash";

interface PieceItemProps {
  id: string;
  /** Whether the list shows the trash. */
  isTrash: boolean;
  chosen: Chosen;
}

/** A piece in the list: in short, or opened to read and edit. */
export function PieceItem({ id, isTrash, chosen }: PieceItemProps) {
  const document = useDocument("pieces", id, { isRead: false });
  const { shown } = document;
  const [isOpen, setOpen] = useState(false);
  const isDeleted = typeof shown?.deleted_at === "string";
  const leaveOut = useEffectEvent(() => chosen.ids.includes(id) && chosen.toggle(id));
  useEffect(() => {
    if (isDeleted) leaveOut();
  }, [isDeleted]);
  if (shown === null) return null;
  if (isTrash || isDeleted) return <DiscardedPiece piece={shown} isOut={!isDeleted} />;
  return (
    <article className="kept" data-open={isOpen} data-chosen={chosen.ids.includes(id)}>
      {isOpen ? <PieceSheet document={document} level={2} /> : <ShortPiece document={document} piece={shown} />}
      <div className="kept__tools">
        <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Close" : "Read and edit"}{" "}
          <span className="visually-hidden">{shown.name}</span>
        </button>
        <label className="check">
          <input
            type="checkbox"
            checked={chosen.ids.includes(id)}
            disabled={chosen.isFull && !chosen.ids.includes(id)}
            onChange={() => chosen.toggle(id)}
          />
          Select <span className="visually-hidden">{shown.name}</span> for a world
        </label>
      </div>
    </article>
  );
}

function ShortPiece({ document, piece }: { document: EditableDocument<"pieces">; piece: KeptPiece }) {
  const labelOf = useKindLabel();
  const written = attributesOf(piece.language);
  return (
    <>
      <div className="kept__head">
        <Emblem kind={piece.kind} name={piece.name} />
        <p className="kept__kind">
          {labelOf(piece.kind)}
          {piece.canon && " · Canon"}
          {piece.source === null && " · Your own"}
        </p>
        <FavouriteButton document={document} piece={piece} />
      </div>
      <h2 className="kept__name" {...written}>
        <a href={pieceAddress(piece.id)}>{piece.name}</a>
      </h2>
      <p className="kept__concept" {...written}>
        {conceptOf(piece.details)}
      </p>
      <p className="kept__text" {...written}>
        {piece.description}
      </p>
      {piece.tags.length > 0 && (
        <ul className="chips" aria-label="Tags">
          {piece.tags.map((tag) => (
            <li key={tag} className="chip">
              {tag}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function DiscardedPiece({ piece, isOut }: { piece: KeptPiece; isOut: boolean }) {
  const { putBack, discard, isPending, failure } = useTrash("pieces", piece.id);
  return (
    <article className="kept kept--discarded">
      <p role="status">
        <strong {...attributesOf(piece.language)}>{piece.name}</strong>{" "}
        {isOut ? "is back in the library." : `was deleted on ${dateText(piece.deleted_at ?? piece.updated_at)}.`}
      </p>
      <button type="button" className="button" disabled={isPending} onClick={isOut ? discard : putBack}>
        {isOut ? "Undo" : "Put back"}{" "}
        <span className="visually-hidden">{piece.name}</span>
      </button>
      {failure && <p role="alert">{failure}</p>}
    </article>
  );
}
