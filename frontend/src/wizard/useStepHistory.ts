import { useEffect, useEffectEvent } from "react";
import type { Step } from "../draft/draft";

interface Place {
  draft: string;
  step: Step;
}

/**
 * Keeps the steps of the wizard in the browser's history, so that Back goes one step back and does not leave the page.
 *
 * Calls `onVisit` for each step that the browser goes to. A step of another draft, from before the user started over, is
 * not visited: the current step stays. Returns a function that adds a step to the history.
 */
export function useStepHistory(draft: string, current: Step, onVisit: (step: Step) => void): (step: Step) => void {
  const visit = useEffectEvent((state: unknown) => {
    const place = placeOf(state);
    if (place?.draft !== draft) window.history.replaceState({ draft, step: current } satisfies Place, "");
    else if (place.step !== current) onVisit(place.step);
  });
  useEffect(() => {
    visit(window.history.state);
    // A link to another page has no state.
    const onPopState = (event: PopStateEvent) => event.state !== null && visit(event.state);
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);
  return (step) => {
    if (step !== current) window.history.pushState({ draft, step } satisfies Place, "");
  };
}

function placeOf(state: unknown): Place | null {
  const { draft, step } = (state ?? {}) as Partial<Record<keyof Place, unknown>>;
  return typeof draft === "string" && typeof step === "string" ? { draft, step } : null;
}
