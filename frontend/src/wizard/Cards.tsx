import type { Job, JobItem, JobPolling, PiecesType } from "@loresmith/jobs";
import type { ReactNode } from "react";
import { cardId, isOf, type Card, type Choice } from "../draft/choice";
import { choiceOf } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { CARDS } from "../draft/request";
import type { Kind } from "../lore/kind";
import { PieceCard } from "./PieceCard";
import "./cards.css";
import { UnfinishedCard } from "./UnfinishedCard";

/** The cards of a choice, to pick from. Those that are still being written fill in. */
export function Cards({ kind, polling }: { kind: Kind; polling: JobPolling<PiecesType> }) {
  const { draft, dispatch } = useDraft();
  const choice = choiceOf(draft, kind);
  // A place keeps its element when its card is rewritten, so that the focus can stay in it.
  const finished = (card: Card, index: number): ReactNode => (
    <PieceCard
      key={index}
      kind={kind}
      card={card}
      isPicked={card.id === choice.picked}
      onPick={() => dispatch({ do: "pick", kind, cardId: card.id })}
    />
  );
  return (
    <fieldset className="cards" aria-busy={polling.isPolling}>
      <legend className="visually-hidden">{`The ${kind.many} to pick from`}</legend>
      {polling.isPolling
        ? placesOf(choice, polling.job).map((place, index) =>
            "id" in place ? (
              finished(place, index)
            ) : (
              <div className="card-place" key={index}>
                <UnfinishedCard item={place.item} />
              </div>
            ),
          )
        : choice.cards.map(finished)}
    </fieldset>
  );
}

type Place = Card | { index: number; item: JobItem | undefined };

/**
 * While a job is running: the cards that stay, then the places of the job, each with its card or with what is written so
 * far. The job replaces the cards that do not stay as soon as it has finished one.
 */
function placesOf(choice: Choice, job: Job | undefined): Place[] {
  const isReplacing = choice.asked !== null && job?.id !== choice.jobId;
  const shown = isReplacing ? choice.cards.filter(({ id }) => id === choice.picked) : choice.cards;
  const ofJob = (card: Card) => job !== undefined && isOf(job.id, card.id);
  const items = new Map(job?.items.map((item) => [item.index, item]));
  const indexes = Array.from({ length: Math.max(CARDS, items.size) }, (_, index) => index);
  const places = indexes.flatMap((index): Place[] => {
    const item = items.get(index);
    const card = shown.find(({ id }) => job !== undefined && id === cardId(job.id, index));
    if (card) return [card];
    const isDealt = !isReplacing && item?.name != null && choice.written.includes(item.name);
    return isDealt ? [] : [{ index, item }];
  });
  return [...shown.filter((card) => !ofJob(card)), ...places];
}
