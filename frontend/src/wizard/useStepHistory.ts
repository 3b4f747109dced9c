import { useEffect, useEffectEvent } from "react";
import { STEPS, type Step } from "../draft/draft";

/**
 * The wizard's steps in the browser's history, so that its Back goes a step back and does not leave the page.
 *
 * `onVisit` is called for a step that the browser goes back or on to. Answers what enters a step into the history.
 */
export function useStepHistory(current: Step, onVisit: (step: Step) => void): (step: Step) => void {
  const visit = useEffectEvent((state: unknown) => {
    const step = stepOf(state);
    if (step !== null && step !== current) onVisit(step);
  });
  const mark = useEffectEvent(() => window.history.replaceState({ step: current }, ""));
  useEffect(() => {
    if (stepOf(window.history.state) === null) mark();
    else visit(window.history.state);
    const heard = (event: PopStateEvent) => visit(event.state);
    window.addEventListener("popstate", heard);
    return () => window.removeEventListener("popstate", heard);
  }, []);
  return (step) => {
    if (step !== current) window.history.pushState({ step }, "");
  };
}

function stepOf(state: unknown): Step | null {
  const step = (state as { step?: unknown } | null)?.step;
  return STEPS.find((each) => each === step) ?? null;
}
