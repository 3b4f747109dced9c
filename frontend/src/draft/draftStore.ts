/** Keeps the draft over reloads and the same in every tab. Storage that is full or forbidden costs only that. */

import type { Piece } from "../api/wire";
import { newIdempotencyKey as newId } from "../jobs/idempotencyKey";
import { KINDS } from "../lore/kind";
import { change, newDraft, STEPS, type Card, type Draft, type DraftAction, type Stage, type Step } from "./draft";

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
  const given = text === null ? null : attempt(() => JSON.parse(text) as unknown);
  return isDraft(given) ? given : null;
}

/** What another version of the page has left, or somebody has changed by hand, is no draft: it would break the page. */
function isDraft(given: unknown): given is Draft {
  if (!isRecord(given) || !isRecord(given.stages)) return false;
  const { id, theme, tone, title, step, stages, worldId } = given;
  return (
    [id, theme, tone, title].every((text) => typeof text === "string") &&
    id !== "" &&
    STEPS.includes(step as Step) &&
    (worldId === null || typeof worldId === "string") &&
    KINDS.every(({ key }) => isStage(stages[key]))
  );
}

function isStage(given: unknown): given is Stage {
  if (!isRecord(given) || !Array.isArray(given.cards)) return false;
  const { cards, seen, picked, jobId, written, fits, asked } = given;
  return (
    cards.every(isCard) &&
    [seen, written].every((names) => Array.isArray(names) && names.every((name) => typeof name === "string")) &&
    [fits, asked].every((text) => typeof text === "string") &&
    [picked, jobId].every((text) => text === null || typeof text === "string")
  );
}

function isCard(given: unknown): given is Card {
  if (!isRecord(given)) return false;
  return typeof given.id === "string" && isPiece(given.piece) && ["string", "undefined"].includes(typeof given.note);
}

function isPiece(given: unknown): given is Piece {
  if (!isRecord(given)) return false;
  const { name, description, type = null, details = null } = given;
  return (
    [name, description].every((text) => typeof text === "string") &&
    (type === null || typeof type === "string") &&
    (details === null || isRecord(details))
  );
}

function isRecord(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
