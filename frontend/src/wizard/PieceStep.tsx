import { useDraft } from "../draft/DraftProvider";
import { contextNames, fitOf, pickedPiece, type Draft } from "../draft/draft";
import { CARDS } from "../draft/request";
import { JobProgressSpinner, missingText, type JobPolling } from "../jobs";
import { capitalized, kindNamed, type KindKey } from "../lore/kind";
import { ActionBar } from "./ActionBar";
import { Cards } from "./Cards";
import { StepHeading } from "./StepHeading";
import { useKeptFocus } from "./useKeptFocus";
import type { StageJob } from "./useStages";

interface PieceStepProps {
  kind: KindKey;
  job: StageJob;
  onBack: () => void;
  onNext: () => void;
}

/** One choice: three cards that fill in as they are written, of which one is picked. */
export function PieceStep({ kind: key, job: { polling, write }, onBack, onNext }: PieceStepProps) {
  const { draft } = useDraft();
  const kind = kindNamed(key);
  const picked = pickedPiece(draft, key);
  const hasNone = polling.isPolling || draft.stages[key].cards.length === 0;
  const hint = hasNone ? "" : picked ? picked.name : `Pick ${kind.one === "event" ? "an" : "a"} ${kind.one} to go on.`;
  return (
    <>
      <div className="step-top">
        <StepHeading title={capitalized(kind.many)} lead={kind.question} />
        <StageStatus kind={key} polling={polling} onWrite={write} />
      </div>
      <Cards kind={key} polling={polling} />
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

interface StageStatusProps {
  kind: KindKey;
  polling: JobPolling;
  onWrite: () => void;
}

/** How the writing goes; once it is done, what else can be done with the cards. Takes the same room either way. */
function StageStatus({ kind, polling, onWrite }: StageStatusProps) {
  const { draft } = useDraft();
  const { many } = kindNamed(kind);
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  const keptFocus = useKeptFocus(isShown);
  return (
    <section className="stage-status" aria-label="How the writing goes" ref={keptFocus} tabIndex={-1}>
      <p className="visually-hidden" role="status">
        {isShown || draft.stages[kind].cards.length === 0 ? "" : `The ${many} are written.`}
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
        <div className="stage-status__tools">
          <p>{polling.isPartial && polling.job ? missingText(polling.job) : noteOn(draft, kind)}</p>
          {polling.isPartial && (
            <button type="button" className="button" onClick={() => void polling.retry()}>
              Write what is missing
            </button>
          )}
          <button type="button" className="button" onClick={onWrite}>
            {draft.stages[kind].cards.length === 0 ? `Write ${CARDS} ${many}` : `Write ${CARDS} others`}
          </button>
        </div>
      )}
    </section>
  );
}

const NO_NEED = "None of them? Have others written.";

/** Cards that were written to fit a choice which has been changed since are kept, and marked. */
function noteOn(draft: Draft, kind: KindKey): string {
  const { fits } = draft.stages[kind];
  const wanted = fitOf(draft, kind);
  const names = contextNames(draft, kind);
  if (fits === wanted || fits === "") return names === "" ? NO_NEED : `Written to fit ${names}.`;
  return `These ${kindNamed(kind).many} were written to fit ${fits}. You chose ${wanted} since.`;
}
