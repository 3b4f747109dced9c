/** What a completed job says about missing and adjusted pieces. */

import type { Job } from "../api/wire";

/** An older API does not send `missing`: all its warnings are about missing pieces. */
export function isMissing({ missing }: { missing?: boolean }): boolean {
  return missing ?? true;
}

/** The warnings as sentences; empty if there are none. */
export function warningText(job: Job): string {
  const adjusted = [...adjustmentsOf(job)].map(([place, said]) => `${nameAt(job, place)} was adjusted: ${said}.`);
  return [missingText(job), ...adjusted].filter(Boolean).join(" ");
}

/** How many pieces are missing, and why the first one is; empty if no piece is missing. */
export function missingText({ warnings }: Job): string {
  const missing = warnings.filter(isMissing);
  const [first] = missing;
  const pieces = new Set(missing.map(({ item }) => item)).size;
  return first ? `${pieces === 1 ? "One is" : `${pieces} are`} missing. ${first.message}` : "";
}

/** Index in the result → what was adjusted in that piece, as the end of a sentence. */
export function adjustmentsOf({ warnings }: Pick<Job, "warnings">): Map<number, string> {
  const missing = new Set(warnings.filter(isMissing).map(({ item }) => item));
  const found = new Map<number, string[]>();
  for (const { item, message } of warnings.filter((warning) => !isMissing(warning))) {
    const place = item - [...missing].filter((other) => other < item).length;
    found.set(place, [...(found.get(place) ?? []), message.replace(/\.$/, "")]);
  }
  return new Map([...found].map(([place, messages]) => [place, messages.join("; ")]));
}

function nameAt(job: Job, place: number): string {
  const piece = job.status === "completed" && Array.isArray(job.result) ? job.result[place] : undefined;
  return piece?.name ?? "It";
}
