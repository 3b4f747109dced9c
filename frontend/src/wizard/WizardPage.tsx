import { useEffect, useRef } from "react";
import { useDraft, useStartOver } from "../draft/DraftProvider";
import { isReachable, picksOf, shownStep, stepsOf, type Draft, type Step } from "../draft/draft";
import { useKinds } from "../registry/registry";
import { useLook } from "../kit/useLook";
import { useTitle } from "../style/useTitle";
import { Deck } from "./Deck";
import { PieceStep } from "./PieceStep";
import { ThemeStep } from "./ThemeStep";
import { useCanon } from "./useCanon";
import { useStepHistory } from "./useStepHistory";
import { firstKinds, useWriting } from "./useWriting";
import "./wizard.css";
import { WorldStep } from "./WorldStep";

/** The wizard: the theme, a choice of each kind, and the world, one step at a time. The user can go back to each step. */
export function WizardPage() {
  const { draft, dispatch } = useDraft();
  const { startOver } = useStartOver();
  const { writeFirst } = useWriting();
  const kinds = useKinds();
  const steps = stepsOf(kinds);
  const step = shownStep(draft, kinds);
  useCanon();
  useLook(draft.theme);
  useTitle("New world");
  useFocusOnStep(step);
  const show = (shown: Step) => dispatch({ do: "go", step: shown });
  // The browser's buttons only show what is there. They never start a job.
  const visit = useStepHistory(draft.id, step, (visited) => isReachable(draft, visited, kinds) && show(visited));
  const go = (to: Step) => {
    visit(to);
    show(to);
    if (to !== "theme") writeFirst([...firstKinds(kinds), ...kinds.filter(({ key }) => key === to)]);
  };
  const goBy = (distance: number) => () => go(steps[steps.indexOf(step) + distance] ?? step);
  return (
    <div className="wizard">
      <StepView
        draft={draft}
        deck={<Deck draft={draft} onGo={go} />}
        onGo={go}
        onStartOver={startOver}
        onBack={goBy(-1)}
        onNext={goBy(1)}
      />
    </div>
  );
}

interface StepViewProps {
  draft: Draft;
  deck: React.ReactNode;
  onGo: (step: Step) => void;
  onStartOver: () => void;
  onBack: () => void;
  onNext: () => void;
}

function StepView({ draft, deck, onGo, onStartOver, onBack, onNext }: StepViewProps) {
  const kinds = useKinds();
  const step = shownStep(draft, kinds);
  const kind = kinds.find(({ key }) => key === step);
  if (kind) return <PieceStep key={step} kind={kind} deck={deck} onBack={onBack} onNext={onNext} />;
  if (step === "theme") return <ThemeStep deck={deck} onStartOver={onStartOver} onNext={onNext} />;
  return <WorldStep key={picksOf(draft)} deck={deck} onBack={onBack} onGo={onGo} onStartOver={onStartOver} />;
}

/** Moves the focus to a new step, so that it is read out and Tab continues from it. The first one leaves it where it is. */
function useFocusOnStep(step: Step): void {
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    window.scrollTo({ top: 0 });
    document.querySelector<HTMLElement>("[data-step-heading]")?.focus({ preventScroll: true });
  }, [step]);
}
