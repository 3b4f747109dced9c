import { pickedPiece, type Step } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { Emblem } from "../emblem/Emblem";
import { conceptOf } from "../lore/detail";
import { capitalized } from "../lore/kind";
import { attributesOf } from "../lore/language";
import { useKinds } from "../registry/registry";

/** The choices, with a way back to each. */
export function PickedList({ onGo }: { onGo: (step: Step) => void }) {
  const { draft } = useDraft();
  const kinds = useKinds();
  return (
    <ul className="picked">
      {kinds.map(({ key, one }) => {
        const piece = pickedPiece(draft, { key });
        return (
          <li key={key}>
            <span className="picked__kind">
              {piece && <Emblem kind={key} name={piece.name} />}
              {capitalized(one)}
            </span>
            <span className="picked__name" {...(piece && attributesOf(piece.language))}>
              {piece?.name ?? "Not chosen yet"}
            </span>
            <span className="picked__concept" {...(piece && attributesOf(piece.language))}>
              {conceptOf(piece?.details)}
            </span>
            <button type="button" className="link" onClick={() => onGo(key)}>
              Change<span className="visually-hidden"> the {one}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
