import { useEffect, useEffectEvent } from "react";
import type { Step } from "../draft/draft";

/**
 * Keeps the steps of the wizard in the browser's history, so that Back goes one step back and does not leave the page.
 *
 * Calls `onVisit` for each step that the browser goes to. Returns a function that adds a step to the history.
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
    const onPopState = (event: PopStateEvent) => visit(event.state);
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);
  return (step) => {
    if (step !== current) window.history.pushState({ step }, "");
  };
}

function stepOf(state: unknown): Step | null {
  const step = (state as { step?: unknown } | null)?.step;
  return typeof step === "string" ? step : null;
}
