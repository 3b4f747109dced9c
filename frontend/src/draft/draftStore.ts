/** Stores the draft across reloads and shares it between tabs. If storage is full or forbidden, the draft ends with the page. */

import { newIdempotencyKey as newId, Observable } from "@loresmith/jobs/core";
import { change, hasStarted, newDraft, type Draft, type DraftAction } from "./draft";
import { attempt, parseDraft } from "./storedDraft";

const KEY = "loresmith.draft";
const PREVIOUS_KEY = "loresmith.previous-draft";

export interface DraftStore {
  get: () => Draft;
  /** The draft before the user started over; null if it can no longer be brought back. */
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
  const read = (key: string) => attempt(() => storage.getItem(key));
  /** The stored text that is in `drafts`. */
  let known = read(KEY);
  const drafts = new Observable<Drafts>({ draft: parseDraft(known) ?? newDraft(newId()), previous: parseDraft(read(PREVIOUS_KEY)) });
  const set = (next: Drafts) => {
    const { draft, previous } = drafts.current;
    // Other tabs get one event for each, and never see the old draft in both places.
    if (next.previous !== previous) keep(storage, PREVIOUS_KEY, next.previous);
    if (next.draft !== draft) known = keep(storage, KEY, next.draft) ?? known;
    if (next.draft !== draft || next.previous !== previous) drafts.set(next);
  };
  const take = (text: string | null) => {
    const other = text === known ? null : parseDraft(text);
    known = text;
    if (other) drafts.set({ ...drafts.current, draft: merged(drafts.current.draft, other) });
  };
  // Another tab may have stored a change whose event is still on its way. It must not be overwritten.
  const latest = () => {
    take(read(KEY));
    return drafts.current;
  };
  page.addEventListener("storage", ({ key, newValue }) => {
    if (key === PREVIOUS_KEY) drafts.set({ ...drafts.current, previous: parseDraft(newValue) });
    if (key === KEY) take(newValue);
  });
  return {
    get: () => drafts.current.draft,
    previous: () => drafts.current.previous,
    dispatch: (action) => set(changed(latest(), drafts.current.draft.id, action)),
    dispatchTo: (draftId, action) => set(changed(latest(), draftId, action)),
    startOver: () => set(startedOver(latest())),
    bringBack: () => set(broughtBack(drafts.current)),
    forgetPrevious: () => set({ ...drafts.current, previous: null }),
    subscribe: drafts.subscribe,
  };
}

function changed({ draft, previous }: Drafts, draftId: string, action: DraftAction): Drafts {
  return {
    draft: draft.id === draftId ? change(draft, action) : draft,
    previous: previous?.id === draftId ? change(previous, action) : previous,
  };
}

function broughtBack({ draft, previous }: Drafts): Drafts {
  return { draft: previous ?? draft, previous: null };
}

/** A draft for which nothing was written is not worth bringing back. */
function startedOver({ draft, previous }: Drafts): Drafts {
  return { draft: newDraft(newId()), previous: hasStarted(draft) ? draft : previous };
}

/** Returns the stored text; null if nothing is stored. */
function keep(storage: Storage, key: string, draft: Draft | null): string | null {
  return attempt(() => {
    if (draft === null) return storage.removeItem(key) ?? null;
    const text = JSON.stringify(draft);
    storage.setItem(key, text);
    return text;
  });
}

/** Takes over the choices of another tab. Each tab keeps its own step. */
function merged(own: Draft, other: Draft): Draft {
  return own.id === other.id ? { ...other, step: own.step } : other;
}
