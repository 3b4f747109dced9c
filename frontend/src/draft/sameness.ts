/** Whether two pieces have the same text. */

import type { Piece } from "@loresmith/jobs";

/** The piece as text, whatever the order of its fields. A missing field equals null: the API writes one for the other. */
export function textOf(piece: Piece): string {
  return JSON.stringify(piece, (_, value: unknown) => (isObject(value) ? inOrder(value) : value));
}

/** A short text that stands for a long one (FNV-1a, 32 bits). */
export function digestOf(text: string): string {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (state >>> 0).toString(36);
}

function inOrder(value: object): object {
  const present = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(present.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
