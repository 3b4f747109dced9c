import type { PiecesType } from "@loresmith/jobs";
import { useId, useState } from "react";
import { useDraft, useTask } from "../draft/DraftProvider";
import type { Card } from "../draft/draft";
import { piecesRequest } from "../draft/request";
import { Emblem } from "../emblem/Emblem";
import { pieceAddress } from "../kit/route";
import { usePress } from "../kit/usePress";
import { conceptOf, detailsOf } from "../lore/detail";
import type { Kind } from "../lore/kind";
import { DetailList } from "../lore/DetailList";
import { attributesOf } from "../lore/language";
import { TaskProgress } from "./TaskProgress";
import { UnfinishedCard } from "./UnfinishedCard";
import { useKeptFocus } from "../kit/useKeptFocus";

interface PieceCardProps {
  kind: Kind;
  card: Card;
  isPicked: boolean;
  onPick: () => void;
}

/** A card with a piece, which the user can pick, read in full, or replace by another one. */
export function PieceCard({ kind, card, isPicked, onPick }: PieceCardProps) {
  const { polling, rewrite } = useRewrite(kind, card);
  const keptFocus = useKeptFocus(polling.isPolling);
  if (polling.isPolling) {
    return (
      <div className="card-place" aria-busy="true" ref={keptFocus} tabIndex={-1}>
        <UnfinishedCard item={polling.job?.items[0]} />
        <TaskProgress polling={polling} className="card-place__progress" label="Writing another" showMessage={false} />
      </div>
    );
  }
  return (
    <div className="card-place" ref={keptFocus} tabIndex={-1}>
      <FinishedCard key={card.id} kind={kind} card={card} isPicked={isPicked} onPick={onPick} onRewrite={rewrite} />
      {polling.isFailed && <TaskProgress polling={polling} label="Writing another" showProgress={false} />}
    </div>
  );
}

function useRewrite(kind: Kind, card: Card) {
  const { draft, latest } = useDraft();
  const polling = useTask<PiecesType>({ writes: "card", draftId: draft.id, key: kind.key, cardId: card.id });
  return { polling, rewrite: () => void polling.submit(piecesRequest(latest(), kind, 1)) };
}

interface FinishedCardProps extends PieceCardProps {
  onRewrite: () => void;
}

function FinishedCard({ kind, card: { piece, note, libraryId }, isPicked, onPick, onRewrite }: FinishedCardProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const concept = conceptOf(piece.details);
  const written = attributesOf(piece.language);
  // A click anywhere on the card picks it, as far as it does not select text.
  const card = usePress<HTMLElement>(onPick);
  return (
    <article className="card" data-picked={isPicked} ref={card}>
      <label className="card__pick">
        <input type="radio" name={`pick-${kind.key}`} checked={isPicked} onChange={onPick} aria-describedby={`${id}-concept`} />
        <span className="card__name" {...written}>
          {piece.name}
        </span>
      </label>
      <div className="card__about">
        <Emblem kind={kind.key} name={piece.name} />
        <p className="card__concept" id={`${id}-concept`} {...written}>
          {concept}
        </p>
      </div>
      <p className={isOpen ? "card__text" : "card__text card__text--short"} {...written}>
        {piece.description}
      </p>
      {isOpen && <DetailList details={detailsOf(piece.details)} language={piece.language} />}
      {note && <p className={isOpen ? "card__note" : "card__note card__note--short"}>{note}</p>}
      <Tools kind={kind} name={piece.name} libraryId={libraryId} isOpen={isOpen} onOpen={setOpen} onRewrite={onRewrite} />
    </article>
  );
}

interface ToolsProps {
  kind: Kind;
  name: string;
  /** Its id in the library, once it is there. */
  libraryId: string | undefined;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onRewrite: () => void;
}

function Tools({ kind, name, libraryId, isOpen, onOpen, onRewrite }: ToolsProps) {
  return (
    <div className="card__tools">
      <button type="button" className="link" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
        {isOpen ? "Show less" : "Read more"}
        <span className="visually-hidden"> of {name}</span>
      </button>
      {libraryId !== undefined && <EditLink id={libraryId} name={name} />}
      <button type="button" className="link" onClick={onRewrite}>
        Write another
        <span className="visually-hidden">
          {" "}
          {kind.one} in place of {name}
        </span>
      </button>
    </div>
  );
}

/** Leads to the piece in the library. What the user changes there is changed on the card too. */
function EditLink({ id, name }: { id: string; name: string }) {
  return (
    <a className="link" href={pieceAddress(id)}>
      Edit <span className="visually-hidden">{name}</span>
    </a>
  );
}
