/** A draft as text, and back. */

import type { Piece } from "@loresmith/jobs";
import type { Card, Choice, Replaced } from "./choice";
import type { CanonPiece, Draft } from "./draft";

/** null if the text is not a draft: another version of the page may have stored it. */
export function parseDraft(text: string | null): Draft | null {
  const given = text === null ? null : attempt(() => JSON.parse(text) as unknown);
  const draft = isRecord(given) ? updated(given) : null;
  return isDraft(draft) ? draft : null;
}

/** A draft of version 0.2.0 has neither language, premise nor canon, and nothing in it can be brought back. */
function updated(given: Record<string, unknown>): Record<string, unknown> {
  const choices = isRecord(given.choices) ? Object.entries(given.choices) : [];
  const withUndo = choices.map(([key, choice]) => [key, isRecord(choice) ? { replaced: [], ...choice } : choice] as const);
  const draft = { language: "", premise: "", canon: [], ...given };
  return isRecord(given.choices) ? { ...draft, choices: Object.fromEntries(withUndo) } : draft;
}

function isDraft(given: unknown): given is Draft {
  if (!isRecord(given) || !isRecord(given.choices)) return false;
  const { id, theme, tone, language, premise, canon, title, step, choices, worldId } = given;
  return (
    [id, theme, tone, language, premise, title, step].every(isText) &&
    id !== "" &&
    isTextOrNull(worldId) &&
    isListOf(isCanonPiece, canon) &&
    Object.values(choices).every(isChoice)
  );
}

function isChoice(given: unknown): given is Choice {
  if (!isRecord(given)) return false;
  const { cards, seen, picked, jobId, written, fits, asked, replaced } = given;
  return (
    isListOf(isCard, cards) &&
    isListOf(isReplaced, replaced) &&
    [seen, written].every((names) => isListOf(isText, names)) &&
    isText(fits) &&
    [asked, picked, jobId].every(isTextOrNull)
  );
}

function isReplaced(given: unknown): given is Replaced {
  if (!isRecord(given)) return false;
  const { cards, by, picked, fits } = given;
  return isListOf(isCard, cards) && isListOf(isText, by) && isTextOrNull(picked) && isText(fits);
}

function isCard(given: unknown): given is Card {
  if (!isRecord(given)) return false;
  return isText(given.id) && isPiece(given.piece) && [given.note, given.libraryId].every((text) => text === undefined || isText(text));
}

function isCanonPiece(given: unknown): given is CanonPiece {
  return isRecord(given) && isText(given.id) && isText(given.name);
}

function isPiece(given: unknown): given is Piece {
  if (!isRecord(given)) return false;
  const { name, description, type = null, language = null, details = null } = given;
  return [name, description].every(isText) && [type, language].every(isTextOrNull) && (details === null || isRecord(details));
}

function isListOf(is: (each: unknown) => boolean, given: unknown): boolean {
  return Array.isArray(given) && given.every(is);
}

function isText(given: unknown): given is string {
  return typeof given === "string";
}

function isTextOrNull(given: unknown): given is string | null {
  return given === null || isText(given);
}

function isRecord(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

export function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
