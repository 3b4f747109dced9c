import { choiceOf } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { CARDS } from "../draft/request";
import type { JobPolling } from "../jobs";
import type { Kind } from "../lore/kind";
import { PieceCard } from "./PieceCard";
import "./cards.css";
import { UnfinishedCard } from "./UnfinishedCard";

/** The cards of a choice: while they are being written, or to pick from. */
export function Cards({ kind, polling }: { kind: Kind; polling: JobPolling<"pieces"> }) {
  const { draft, dispatch } = useDraft();
  const { cards, picked } = choiceOf(draft, kind);
  if (polling.isPolling) return <Unfinished polling={polling} />;
  return (
    <fieldset className="cards">
      <legend className="visually-hidden">{`The ${kind.many} to pick from`}</legend>
      {cards.map((card, index) => (
        <PieceCard
          key={index}
          kind={kind}
          card={card}
          isPicked={card.id === picked}
          onPick={() => dispatch({ do: "pick", kind, cardId: card.id })}
        />
      ))}
    </fieldset>
  );
}

function Unfinished({ polling: { job } }: { polling: JobPolling<"pieces"> }) {
  const items = new Map(job?.items.map((item) => [item.index, item]));
  const places = Array.from({ length: Math.max(CARDS, items.size) }, (_, index) => index);
  return (
    <div className="cards" aria-busy="true">
      {places.map((index) => (
        <UnfinishedCard key={index} item={items.get(index)} />
      ))}
    </div>
  );
}
