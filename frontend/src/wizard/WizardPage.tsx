import { useEffect } from "react";
import { useDraft } from "../draft/DraftProvider";
import { isReachable, picksOf, shownStep, choiceOf, stepsOf, type Draft, type Step } from "../draft/draft";
import { useKinds } from "../registry/registry";
import { useLook } from "../kit/useLook";
import { useTitle } from "../style/useTitle";
import { Deck } from "./Deck";
import { PieceStep } from "./PieceStep";
import { Choices, useStartOver, type ChoiceJobs } from "./Choices";
import { ThemeStep } from "./ThemeStep";
import { useStepHistory } from "./useStepHistory";
import "./wizard.css";
import { WorldStep } from "./WorldStep";

/** The wizard: the theme, a choice of each kind, and the world, one step at a time. The user can go back to each step. */
export function WizardPage() {
  return <Choices>{(choices) => <Wizard choices={choices} />}</Choices>;
}

function Wizard({ choices }: { choices: ChoiceJobs }) {
  const { draft, dispatch } = useDraft();
  const kinds = useKinds();
  const steps = stepsOf(kinds);
  const step = shownStep(draft, kinds);
  const startOver = useStartOver(choices);
  useLook(draft.theme);
  useTitle("New world");
  useEffect(() => {
    window.scrollTo({ top: 0 });
    document.querySelector<HTMLElement>("[data-step-heading]")?.focus({ preventScroll: true });
  }, [step]);
  const show = (shown: Step) => {
    dispatch({ do: "go", step: shown });
    startIfEmpty(shown, draft, choices);
  };
  const visit = useStepHistory(step, (visited) => isReachable(draft, visited, kinds) && show(visited));
  const go = (to: Step) => {
    visit(to);
    show(to);
  };
  const at = steps.indexOf(step);
  const goBy = (distance: number) => () => go(steps[at + distance] ?? step);
  return (
    <div className="wizard">
      <Deck draft={draft} onGo={go} />
      <StepView draft={draft} choices={choices} onGo={go} onStartOver={startOver} onBack={goBy(-1)} onNext={goBy(1)} />
    </div>
  );
}

interface StepViewProps {
  draft: Draft;
  onGo: (step: Step) => void;
  onStartOver: () => void;
  choices: ChoiceJobs;
  onBack: () => void;
  onNext: () => void;
}

function StepView({ draft, choices, onGo, onStartOver, onBack, onNext }: StepViewProps) {
  const kinds = useKinds();
  const step = shownStep(draft, kinds);
  const kind = kinds.find(({ key }) => key === step);
  const job = choices.get(step);
  if (kind && job) return <PieceStep key={step} kind={kind} job={job} onBack={onBack} onNext={onNext} />;
  if (step === "theme") return <ThemeStep onStartOver={onStartOver} onNext={onNext} />;
  return <WorldStep key={picksOf(draft, kinds)} onBack={onBack} onGo={onGo} onStartOver={onStartOver} />;
}

/** Writes the cards of a choice at the first visit. */
function startIfEmpty(step: Step, draft: Draft, choices: ChoiceJobs): void {
  const choice = choices.get(step);
  const isEmpty = choiceOf(draft, { key: step }).cards.length === 0;
  if (choice && isEmpty && !choice.polling.isPolling && !choice.polling.isFailed) choice.write();
}
