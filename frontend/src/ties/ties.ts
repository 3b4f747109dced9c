/** Who is tied to whom: pieces whose texts name each other, or name the same third thing. */

import type { Details } from "@loresmith/jobs";
import { sentencesOf } from "./sentence";
import { nameFinder, properNamesOf } from "./properName";

/** A piece as far as ties depend on it. */
export interface Tied {
  /** Its key in the world's pieces. */
  role: string;
  name: string;
  description?: string | null | undefined;
  details?: Details | null | undefined;
  language?: string | null | undefined;
}

export interface Tie {
  from: string;
  to: string;
  /** "names": a text of `from` names `to`. "shares": texts of both have this name in common. */
  how: { by: "names" } | { by: "shares"; name: string };
  /** A sentence of `from` that says so. */
  sentence: string;
}

/** The ties of all pairs, in the order of the pieces: each direction once, and a shared name only without any other tie. */
export function tiesOf(pieces: readonly Tied[]): Tie[] {
  const named = pieces.flatMap((from) => pieces.flatMap((to) => (from === to ? [] : namingTie(from, to, pieces))));
  const known = new Set(named.flatMap(({ from, to }) => [pairOf(from, to), pairOf(to, from)]));
  const shared = pieces.flatMap((from, at) =>
    pieces.slice(at + 1).flatMap((to) => (known.has(pairOf(from.role, to.role)) ? [] : sharingTie(from, to))),
  );
  return [...named, ...shared];
}

/** Every text of a piece, without its name. */
export function textsOf({ description, details }: Tied): string[] {
  return [description ?? "", ...stringsIn(details)].filter(Boolean);
}

function pairOf(one: string, other: string): string {
  return `${one} ${other}`;
}

function namingTie(from: Tied, to: Tied, pieces: readonly Tied[]): Tie[] {
  const others = pieces.filter((piece) => piece !== to).map(({ name }) => name);
  const names = nameFinder(to.name, others);
  const sentence = sentencesOf(textsOf(from), from.language).find(names);
  return sentence === undefined ? [] : [{ from: from.role, to: to.role, how: { by: "names" }, sentence }];
}

function sharingTie(from: Tied, to: Tied): Tie[] {
  const theirs = properNamesOf(sentencesOf(textsOf(to), to.language), to.language);
  for (const sentence of sentencesOf(textsOf(from), from.language)) {
    const name = properNamesOf([sentence], from.language).find((candidate) => theirs.includes(candidate));
    if (name !== undefined) return [{ from: from.role, to: to.role, how: { by: "shares", name }, sentence }];
  }
  return [];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
