import { useEffect } from "react";
import { useDraft } from "../draft/DraftProvider";
import { isReachable, picksOf, STEPS, type Draft, type Step } from "../draft/draft";
import { useLook } from "../style/useLook";
import { useTitle } from "../style/useTitle";
import { Deck } from "./Deck";
import { PieceStep } from "./PieceStep";
import { ThemeStep } from "./ThemeStep";
import { useStages, useStartOver, type StageJobs } from "./useStages";
import { useStepHistory } from "./useStepHistory";
import "./wizard.css";
import { WorldStep } from "./WorldStep";

/** Theme, five choices, world: one step at a time, each of which can be come back to. */
export function WizardPage() {
  const { draft, dispatch } = useDraft();
  const stages = useStages();
  const startOver = useStartOver(stages);
  useLook(draft.theme);
  useTitle("New world");
  useEffect(() => {
    window.scrollTo({ top: 0 });
    document.querySelector<HTMLElement>("[data-step-heading]")?.focus({ preventScroll: true });
  }, [draft.step]);
  const show = (step: Step) => {
    dispatch({ do: "go", step });
    startIfEmpty(step, draft.stages, stages);
  };
  const visit = useStepHistory(draft.step, (step) => isReachable(draft, step) && show(step));
  const go = (step: Step) => {
    visit(step);
    show(step);
  };
  const at = STEPS.indexOf(draft.step);
  const back = STEPS[at - 1];
  const next = STEPS[at + 1];
  const ways = { onBack: back && (() => go(back)), onNext: next && (() => go(next)) };
  return (
    <div className="wizard">
      <Deck draft={draft} onGo={go} />
      <StepView draft={draft} stages={stages} onGo={go} onStartOver={startOver} {...ways} />
    </div>
  );
}

interface StepViewProps {
  draft: Draft;
  onGo: (step: Step) => void;
  onStartOver: () => void;
  stages: StageJobs;
  onBack: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

function StepView({ draft, stages, onGo, onStartOver, onBack = () => undefined, onNext = () => undefined }: StepViewProps) {
  const { step } = draft;
  if (step === "theme") return <ThemeStep onStartOver={onStartOver} onNext={onNext} />;
  if (step === "world") return <WorldStep key={picksOf(draft)} onBack={onBack} onGo={onGo} onStartOver={onStartOver} />;
  return <PieceStep key={step} kind={step} job={stages[step]} onBack={onBack} onNext={onNext} />;
}

/** Going on to a stage that has nothing yet has its cards written. */
function startIfEmpty(step: Step, kept: Record<string, { cards: unknown[] }>, stages: StageJobs): void {
  if (step === "theme" || step === "world") return;
  const { polling, write } = stages[step];
  if (kept[step]?.cards.length === 0 && !polling.isPolling && !polling.isFailed) write();
}
