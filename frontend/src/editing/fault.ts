/** Why the API refused an edit. */

import { Refused, type ApiError } from "@loresmith/jobs";
import { overlap, type Edit, type Path } from "./change";

/** The sentence for each refused edit; null for an edit that is valid and can be sent without the others. */
export function faultsOf(error: ApiError, sent: readonly Edit[]): (path: Path) => string | null {
  const named = (error instanceof Refused ? (error.problem.errors ?? []) : []).map(({ field, message }) => ({ path: field.replace(/\[(\d+)\]/g, ".$1").split("."), message }));
  const sentenceFor = (path: Path) => {
    const messages = named.filter((fault) => overlap(fault.path, path)).map(({ message }) => `This ${message}.`);
    return messages.length > 0 ? messages.join(" ") : null;
  };
  const isNamed = sent.some(({ path }) => sentenceFor(path) !== null);
  return isNamed ? sentenceFor : () => error.message;
}
