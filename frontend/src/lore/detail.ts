/** A piece's details, classified by their shape. It does not depend on the kind, so that a new field is shown without an edit. */

import type { Details } from "@loresmith/jobs";

export type Detail =
  | { shape: "prose"; key: string; label: string; text: string }
  | { shape: "list"; key: string; label: string; entries: string[] }
  | { shape: "titled"; key: string; label: string; title: string; text: string }
  | { shape: "scores"; key: string; label: string; scores: { name: string; value: number; share: number }[] };

/** Shown separately, under the name. */
const CONCEPT = "concept";

/** The lowest and highest value of each score that does not use `RANGE`. */
const RANGES: Record<string, readonly [number, number]> = { health: [0, 150], stress: [0, 50] };
const RANGE: readonly [number, number] = [0, 18];

export function conceptOf(details: Details | null | undefined): string | null {
  const concept = details?.[CONCEPT];
  return typeof concept === "string" ? concept : null;
}

/** All details except the concept, in their order. */
export function detailsOf(details: Details | null | undefined): Detail[] {
  return Object.entries(details ?? {}).flatMap(([key, value]) => (key === CONCEPT ? [] : (detail(key, value) ?? [])));
}

function detail(key: string, value: unknown): Detail | null {
  const label = wordsOf(key);
  if (typeof value === "string" && value) return { shape: "prose", key, label, text: value };
  if (Array.isArray(value)) return list(key, label, value);
  if (typeof value !== "object" || value === null) return null;
  return titled(key, label, value as Record<string, unknown>) ?? scores(key, label, value as Record<string, unknown>);
}

function list(key: string, label: string, values: unknown[]): Detail | null {
  const entries = values.filter((value) => typeof value === "string");
  return entries.length > 0 ? { shape: "list", key, label, entries } : null;
}

function titled(key: string, label: string, { name, title = name, description }: Record<string, unknown>): Detail | null {
  if (typeof title !== "string" || typeof description !== "string") return null;
  return { shape: "titled", key, label, title, text: description };
}

function scores(key: string, label: string, values: Record<string, unknown>): Detail | null {
  const found = Object.entries(values).flatMap(([name, value]) => (typeof value === "number" ? [score(name, value)] : []));
  return found.length > 0 ? { shape: "scores", key, label, scores: found } : null;
}

function score(name: string, value: number) {
  const [low, high] = RANGES[name] ?? RANGE;
  return { name: wordsOf(name), value, share: Math.min(1, Math.max(0, (value - low) / (high - low))) };
}

/** "Hit points" for "hit_points". */
export function wordsOf(key: string): string {
  const words = key.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
