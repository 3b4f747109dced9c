/** Stores the draft across reloads and shares it between tabs. If storage is full or forbidden, the draft ends with the page. */

import type { Piece } from "../api/wire";
import { newIdempotencyKey as newId } from "../jobs/idempotencyKey";
import { change, newDraft, type Card, type Draft, type DraftAction, type Choice } from "./draft";

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

/** Takes over the choices of another tab. Each tab keeps its own step. */
function merged(own: Draft, other: Draft): Draft {
  return own.id === other.id ? { ...other, step: own.step } : other;
}

function parse(text: string | null): Draft | null {
  const given = text === null ? null : attempt(() => JSON.parse(text) as unknown);
  // A draft of version 0.2.0 has neither language nor premise.
  const draft: unknown = isRecord(given) ? { language: "", premise: "", ...given } : null;
  return isDraft(draft) ? draft : null;
}

/** Checks the shape, since another version of the page may have stored the draft. */
function isDraft(given: unknown): given is Draft {
  if (!isRecord(given) || !isRecord(given.choices)) return false;
  const { id, theme, tone, language, premise, title, step, choices, worldId } = given;
  return (
    [id, theme, tone, language, premise, title, step].every((text) => typeof text === "string") &&
    id !== "" &&
    (worldId === null || typeof worldId === "string") &&
    Object.values(choices).every(isChoice)
  );
}

function isChoice(given: unknown): given is Choice {
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
  const { name, description, type = null, language = null, details = null } = given;
  return (
    [name, description].every((text) => typeof text === "string") &&
    [type, language].every((text) => text === null || typeof text === "string") &&
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
