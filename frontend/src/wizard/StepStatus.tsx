import { missingText, type JobPolling, type PiecesType } from "@loresmith/jobs";
import { choiceOf, contextNames, fitOf, type Choice, type Draft } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { CARDS_IN_WORDS } from "../draft/request";
import type { Kind } from "../lore/kind";
import { TaskProgress } from "./TaskProgress";
import { useKeptFocus } from "../kit/useKeptFocus";
import { useWriting } from "./useWriting";

interface StepStatusProps {
  kind: Kind;
  polling: JobPolling<PiecesType>;
}

/** The progress of the job. When it is done, the same area offers further actions for the cards. */
export function StepStatus({ kind, polling }: StepStatusProps) {
  const { draft } = useDraft();
  const isEmpty = choiceOf(draft, kind).cards.length === 0;
  const isShown = polling.isPolling || polling.isFailed || polling.isCancelled;
  const keptFocus = useKeptFocus(isShown);
  return (
    <section className="step-status" aria-label="Writing status" ref={keptFocus} tabIndex={-1}>
      <p className="visually-hidden" role="status">
        {isShown || isEmpty ? "" : `The ${kind.many} are ready.`}
      </p>
      {isShown && <TaskProgress polling={polling} label={`Writing ${kind.many}`} />}
      {!polling.isPolling && !(isShown && isEmpty) && <Offers kind={kind} polling={polling} />}
    </section>
  );
}

/** The actions for the cards: write what is missing, bring back what was replaced, write others. */
function Offers({ kind, polling }: StepStatusProps) {
  const { draft, dispatch } = useDraft();
  const { write } = useWriting();
  const choice = choiceOf(draft, kind);
  const isEmpty = choice.cards.length === 0;
  return (
    <div className="step-status__tools">
      <p>{polling.isPartial && polling.job ? missingText(polling.job) : noteOn(draft, kind)}</p>
      {polling.isPartial && (
        <button type="button" className="button" onClick={() => void polling.retry()}>
          Write what is missing
        </button>
      )}
      {choice.replaced.length > 0 && (
        <button type="button" className="button" onClick={() => dispatch({ do: "bring-back", kind })}>
          Undo<span className="visually-hidden">: {undoText(choice)}</span>
        </button>
      )}
      <button type="button" className="button" onClick={() => write(kind)}>
        {isEmpty ? `Write ${CARDS_IN_WORDS} ${kind.many}` : `Write ${CARDS_IN_WORDS} others`}
      </button>
    </div>
  );
}

/** "bring back Ilse and Oda" */
function undoText({ replaced }: Choice): string {
  const names = replaced.at(-1)?.cards.map(({ piece }) => piece.name) ?? [];
  return `bring back ${new Intl.ListFormat("en").format(names)}`;
}

/** Says what the cards were written to fit. The cards stay if that choice changes. */
function noteOn(draft: Draft, kind: Kind): string {
  const { fits, cards, replaced } = choiceOf(draft, kind);
  if (cards.length === 0) return `No ${kind.many} yet.`;
  const wanted = fitOf(draft, kind);
  const names = contextNames(draft, kind);
  if (fits !== wanted && fits !== "") return `These ${kind.many} were written to fit ${fits}. You have chosen ${wanted} since then.`;
  if (names !== "") return `Written to fit ${names}.`;
  return replaced.length > 0 ? "" : "Don't like any? Write others.";
}
