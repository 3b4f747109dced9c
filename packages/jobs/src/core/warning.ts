/** What a completed job says about missing, adjusted and weak pieces. */

import type { Job, PieceWarning } from "../api/wire.js";

/** An older API does not send `missing`: all its warnings are about missing pieces. */
export function isMissing({ missing }: { missing?: boolean }): boolean {
  return missing ?? true;
}

/** How many pieces the short text names. */
const MOST_NAMED = 3;

/** The warnings in a few sentences; empty if there are none. `notesOf` has them all. */
export function warningText(job: Job): string {
  const pieces = [...remarksOf(job)];
  const named = pieces.slice(0, MOST_NAMED).map(([place, remarks]) => shortText(nameAt(job, place), remarks));
  const others = pieces.length - named.length;
  const rest = others > 0 ? `${others} more ${others === 1 ? "piece has" : "pieces have"} remarks.` : "";
  return [missingText(job), ...named, rest].filter(Boolean).join(" ");
}

/** How many pieces are missing, and why the first one is; empty if no piece is missing. */
export function missingText({ warnings }: Job): string {
  const missing = warnings.filter(isMissing);
  const [first] = missing;
  const pieces = new Set(missing.map(({ item }) => item)).size;
  return first ? `${pieces === 1 ? "One is" : `${pieces} are`} missing. ${first.message}` : "";
}

/** Index in the result → the remarks on that piece, in sentences. */
export function notesOf(job: Pick<Job, "warnings">): Map<number, string> {
  return new Map([...remarksOf(job)].map(([place, remarks]) => [place, noteText(remarks)]));
}

/** The indexes of the pieces that are missing from the result. */
export function missingPlaces({ warnings }: Pick<Job, "warnings">): Set<number> {
  return new Set(warnings.filter(isMissing).map(({ item }) => item));
}

/** Index in the result → the warnings about that piece. */
function remarksOf({ warnings }: Pick<Job, "warnings">): Map<number, PieceWarning[]> {
  const missing = missingPlaces({ warnings });
  const found = new Map<number, PieceWarning[]>();
  for (const warning of warnings.filter((each) => !isMissing(each))) {
    const place = warning.item - [...missing].filter((other) => other < warning.item).length;
    found.set(place, [...(found.get(place) ?? []), warning]);
  }
  return found;
}

function isWeak({ code }: PieceWarning): boolean {
  return code === "below_standard";
}

function noteText(remarks: PieceWarning[]): string {
  const adjusted = remarks.filter((remark) => !isWeak(remark));
  return [listed("Adjusted", adjusted), listed("Could be better", remarks.filter(isWeak))].filter(Boolean).join(" ");
}

function listed(label: string, remarks: PieceWarning[]): string {
  return remarks.length > 0 ? `${label}: ${remarks.map(phraseOf).join("; ")}.` : "";
}

/** The first remark, and how many there are besides it. */
function shortText(name: string, [first, ...others]: PieceWarning[]): string {
  if (!first) return "";
  const rest = others.length > 0 ? `, and ${others.length} more` : "";
  return `${name} ${isWeak(first) ? "could be better" : "was adjusted"}: ${phraseOf(first)}${rest}.`;
}

function phraseOf({ message }: PieceWarning): string {
  return message.replace(/\.$/, "");
}

function nameAt(job: Job, place: number): string {
  const piece = job.status === "completed" && Array.isArray(job.result) ? job.result[place] : undefined;
  return piece?.name ?? "It";
}
