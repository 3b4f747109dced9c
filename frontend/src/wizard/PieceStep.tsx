import type { ReactNode } from "react";
import { choiceOf, pickedPiece } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { capitalized, type Kind } from "../lore/kind";
import { ActionBar } from "./ActionBar";
import { Cards } from "./Cards";
import { StepStatus } from "./StepStatus";
import { StepTop } from "./StepTop";
import { useCardsJob } from "./useWriting";

interface PieceStepProps {
  kind: Kind;
  deck: ReactNode;
  onBack: () => void;
  onNext: () => void;
}

/** One choice: three cards fill in while they are being written, and the user picks one as soon as it is finished. */
export function PieceStep({ kind, deck, onBack, onNext }: PieceStepProps) {
  const { draft } = useDraft();
  const polling = useCardsJob(kind);
  const picked = pickedPiece(draft, kind);
  const hasCards = choiceOf(draft, kind).cards.length > 0;
  return (
    <>
      <StepTop deck={deck} title={capitalized(kind.many)} lead={kind.question} status={<StepStatus kind={kind} polling={polling} />} />
      <Cards kind={kind} polling={polling} />
      <ActionBar onBack={onBack} hint={picked?.name ?? (hasCards ? "Pick one to continue." : "")}>
        <button
          type="button"
          className="button button--main"
          aria-disabled={picked === null}
          onClick={() => picked !== null && onNext()}
        >
          Continue
        </button>
      </ActionBar>
    </>
  );
}
