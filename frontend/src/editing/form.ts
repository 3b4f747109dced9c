/** How a value is edited as text. It depends only on the JSON type of the value. */

import { mergedText } from "./mergedText";

export interface Form {
  toText: (value: unknown) => string;
  /** undefined if the text is not such a value. */
  fromText: (text: string) => unknown;
  /** Whether it may have several lines. */
  isLong: boolean;
  isNumber: boolean;
  /** How to fill the field in; empty if that is obvious. */
  hint: string;
  /** What is wrong with a text that is not such a value. */
  fault: string;
}

const TEXT: Form = { toText: asText, fromText: (text) => text.trim(), isLong: false, isNumber: false, hint: "", fault: "" };
const PROSE: Form = { ...TEXT, isLong: true };
const NUMBER: Form = { ...TEXT, fromText: numberOf, isNumber: true, fault: "Enter a number." };
const LIST: Form = {
  ...TEXT,
  toText: (value) => (Array.isArray(value) ? value.map(asText).join("\n") : ""),
  fromText: entriesOf,
  isLong: true,
  hint: "One entry on each line.",
};
const NUMBERS: Form = {
  ...LIST,
  fromText: (text) => allOrNone(entriesOf(text).map(numberOf)),
  fault: "Enter numbers, one on each line.",
};

/** A list of anything else. Jobs write no such lists, but a client of the API can. */
const JSON_LIST: Form = {
  ...TEXT,
  toText: (value) => JSON.stringify(value, null, 2),
  fromText: listOf,
  isLong: true,
  hint: "A list in JSON.",
  fault: "This is not a list in JSON.",
};

/** null for an object, whose members are edited one by one, and for true and false. */
export function formOf(value: unknown, { isLong = false } = {}): Form | null {
  if (typeof value === "string") return isLong || value.length > 60 || value.includes("\n") ? PROSE : TEXT;
  if (typeof value === "number") return NUMBER;
  if (value === null || value === undefined) return isLong ? PROSE : TEXT;
  if (!Array.isArray(value)) return null;
  if (value.length > 0 && value.every((entry) => typeof entry === "number")) return NUMBERS;
  return value.every((entry) => typeof entry === "string") ? LIST : JSON_LIST;
}

/** Two changes of a value in one value, as a first proposal; both one after the other if they are about the same place. */
export function mergeProposal(form: Form, base: unknown, mine: unknown, theirs: unknown): string {
  const [old, ours, other] = [base, mine, theirs].map(form.toText) as [string, string, string];
  return mergedText(old, ours, other) ?? [other, ours].filter(Boolean).join(form.isLong ? "\n" : " ");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}

function entriesOf(text: string): string[] {
  return text.split("\n").map((entry) => entry.trim()).filter(Boolean);
}

function listOf(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function allOrNone<T>(entries: (T | undefined)[]): T[] | undefined {
  const given = entries.filter((entry) => entry !== undefined);
  return given.length === entries.length ? given : undefined;
}
