import { useDraft } from "../draft/DraftProvider";
import { contextNames, fitOf, pickedPiece, choiceOf, type Draft } from "../draft/draft";
import { CARDS } from "../draft/request";
import { JobProgressSpinner, missingText, type JobPolling } from "../jobs";
import { capitalized, type Kind } from "../lore/kind";
import { ActionBar } from "./ActionBar";
import { Cards } from "./Cards";
import { StepHeading } from "./StepHeading";
import { useKeptFocus } from "./useKeptFocus";
import type { ChoiceJob } from "./Choices";

interface PieceStepProps {
  kind: Kind;
  job: ChoiceJob;
  onBack: () => void;
  onNext: () => void;
}

/** One choice: three cards fill in while they are being written, and the user picks one. */
export function PieceStep({ kind, job: { polling, write }, onBack, onNext }: PieceStepProps) {
  const { draft } = useDraft();
  const picked = pickedPiece(draft, kind);
  const hasNone = polling.isPolling || choiceOf(draft, kind).cards.length === 0;
  const hint = hasNone ? "" : picked ? picked.name : "Pick one to continue.";
  return (
    <>
      <div className="step-top">
        <StepHeading title={capitalized(kind.many)} lead={kind.question} />
        <StepStatus kind={kind} polling={polling} onWrite={write} />
      </div>
      <Cards kind={kind} polling={polling} />
      <ActionBar onBack={onBack} hint={hint}>
        <button
          type="button"
          className="button button--main"
          aria-disabled={picked === null || polling.isPolling}
          onClick={() => picked !== null && !polling.isPolling && onNext()}
        >
          Continue
        </button>
      </ActionBar>
    </>
  );
}

interface StepStatusProps {
  kind: Kind;
  polling: JobPolling<"pieces">;
  onWrite: () => void;
}

/** The progress of the job. When it is done, the same area offers what else can be done with the cards. */
function StepStatus({ kind, polling, onWrite }: StepStatusProps) {
  const { draft } = useDraft();
  const { many } = kind;
  const isEmpty = choiceOf(draft, kind).cards.length === 0;
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  const keptFocus = useKeptFocus(isShown);
  return (
    <section className="step-status" aria-label="Writing status" ref={keptFocus} tabIndex={-1}>
      <p className="visually-hidden" role="status">
        {isShown || isEmpty ? "" : `The ${many} are ready.`}
      </p>
      {isShown ? (
        <JobProgressSpinner
          job={polling.job}
          error={polling.error}
          connection={polling.connection}
          label={`Writing ${many}`}
          onRetry={polling.retry}
          onCancel={polling.cancel}
        />
      ) : (
        <div className="step-status__tools">
          <p>{polling.isPartial && polling.job ? missingText(polling.job) : noteOn(draft, kind)}</p>
          {polling.isPartial && (
            <button type="button" className="button" onClick={() => void polling.retry()}>
              Write what is missing
            </button>
          )}
          <button type="button" className="button" onClick={onWrite}>
            {isEmpty ? `Write ${CARDS} ${many}` : `Write ${CARDS} others`}
          </button>
        </div>
      )}
    </section>
  );
}

const OFFER_OTHERS = "None you like? Write others.";

/** Says what the cards were written to fit. The cards stay if that choice changes. */
function noteOn(draft: Draft, kind: Kind): string {
  const { fits } = choiceOf(draft, kind);
  const wanted = fitOf(draft, kind);
  const names = contextNames(draft, kind);
  if (fits === wanted || fits === "") return names === "" ? OFFER_OTHERS : `Written to fit ${names}.`;
  return `These ${kind.many} were written to fit ${fits}. You have chosen ${wanted} since then.`;
}
