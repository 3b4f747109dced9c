/** Stores the draft across reloads and shares it between tabs. If storage is full or forbidden, the draft ends with the page. */

import { newIdempotencyKey as newId } from "../jobs/idempotencyKey";
import { change, hasStarted, newDraft, type Draft, type DraftAction } from "./draft";
import { attempt, parseDraft } from "./storedDraft";

const KEY = "loresmith.draft";
const PREVIOUS_KEY = "loresmith.previous-draft";

export interface DraftStore {
  get: () => Draft;
  /** The draft before the user started over, as long as it can be brought back; null otherwise. */
  previous: () => Draft | null;
  dispatch: (action: DraftAction) => void;
  /** Change the draft with this id, if it is the current one or the previous one. */
  dispatchTo: (draftId: string, action: DraftAction) => void;
  /** A new draft. The old one becomes the previous one. */
  startOver: () => void;
  /** Return to the previous draft. */
  bringBack: () => void;
  forgetPrevious: () => void;
  subscribe: (listener: () => void) => () => void;
}

interface Drafts {
  draft: Draft;
  previous: Draft | null;
}

export function createDraftStore(storage: Storage, page: Window): DraftStore {
  const read = (key: string) => parseDraft(attempt(() => storage.getItem(key)));
  let drafts: Drafts = { draft: read(KEY) ?? newDraft(newId()), previous: read(PREVIOUS_KEY) };
  const listeners = new Set<() => void>();
  const show = (next: Drafts) => {
    drafts = next;
    for (const listener of [...listeners]) listener();
  };
  const set = (next: Drafts) => {
    // Other tabs get one event for each, and never see the old draft in both places.
    if (next.previous !== drafts.previous) keep(storage, PREVIOUS_KEY, next.previous);
    if (next.draft !== drafts.draft) keep(storage, KEY, next.draft);
    if (next.draft !== drafts.draft || next.previous !== drafts.previous) show(next);
  };
  page.addEventListener("storage", ({ key, newValue }) => {
    if (key === PREVIOUS_KEY) show({ ...drafts, previous: parseDraft(newValue) });
    const other = key === KEY ? parseDraft(newValue) : null;
    if (other) show({ ...drafts, draft: merged(drafts.draft, other) });
  });
  return {
    get: () => drafts.draft,
    previous: () => drafts.previous,
    dispatch: (action) => set({ ...drafts, draft: change(drafts.draft, action) }),
    dispatchTo: (draftId, action) => set(changed(drafts, draftId, action)),
    startOver: () => set(startedOver(drafts)),
    bringBack: () => set(drafts.previous ? { draft: drafts.previous, previous: null } : drafts),
    forgetPrevious: () => set({ ...drafts, previous: null }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function changed({ draft, previous }: Drafts, draftId: string, action: DraftAction): Drafts {
  return {
    draft: draft.id === draftId ? change(draft, action) : draft,
    previous: previous?.id === draftId ? change(previous, action) : previous,
  };
}

/** A draft for which nothing was written is not worth bringing back. */
function startedOver({ draft, previous }: Drafts): Drafts {
  return { draft: newDraft(newId()), previous: hasStarted(draft) ? draft : previous };
}

function keep(storage: Storage, key: string, draft: Draft | null): void {
  attempt(() => (draft ? storage.setItem(key, JSON.stringify(draft)) : storage.removeItem(key)));
}

/** Takes over the choices of another tab. Each tab keeps its own step. */
function merged(own: Draft, other: Draft): Draft {
  return own.id === other.id ? { ...other, step: own.step } : other;
}
