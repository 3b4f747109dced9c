/** Keeps the draft over reloads and the same in every tab. Storage that is full or forbidden costs only that. */

import { newIdempotencyKey as newId } from "../jobs/idempotencyKey";
import { change, newDraft, STEPS, type Draft, type DraftAction } from "./draft";

const KEY = "loresmith.draft";

export interface DraftStore {
  get: () => Draft;
  dispatch: (action: DraftAction) => void;
  startOver: () => void;
  subscribe: (listener: () => void) => () => void;
}

export function createDraftStore(storage: Storage, page: Window): DraftStore {
  let draft = parse(attempt(() => storage.getItem(KEY))) ?? newDraft(newId());
  const listeners = new Set<() => void>();
  const show = (next: Draft) => {
    draft = next;
    for (const listener of [...listeners]) listener();
  };
  const dispatch = (action: DraftAction) => {
    const next = change(draft, action);
    if (next === draft) return;
    attempt(() => storage.setItem(KEY, JSON.stringify(next)));
    show(next);
  };
  page.addEventListener("storage", (event) => {
    const other = event.key === KEY ? parse(event.newValue) : null;
    if (other) show(merged(draft, other));
  });
  return {
    get: () => draft,
    dispatch,
    startOver: () => dispatch({ do: "start-over", id: newId() }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What another tab has chosen counts here too; which step this tab shows is its own matter. */
function merged(own: Draft, other: Draft): Draft {
  return own.id === other.id ? { ...other, step: own.step } : other;
}

function parse(text: string | null): Draft | null {
  const given = text === null ? null : (attempt(() => JSON.parse(text) as unknown) as Partial<Draft> | null);
  const fresh = newDraft(typeof given?.id === "string" ? given.id : "");
  if (!fresh.id || !given?.stages || !STEPS.includes(given.step ?? "theme")) return null;
  return { ...fresh, ...given, stages: { ...fresh.stages, ...given.stages } };
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
