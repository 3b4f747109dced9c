/** Why the API refused an edit. */

import { Refused, type ApiError } from "../api/error";
import { overlap, type Edit, type Path } from "./change";

/** The sentence for each refused edit; null for one that is not at fault: others were refused, and it can be sent without them. */
export function faultsOf(error: ApiError, sent: readonly Edit[]): (path: Path) => string | null {
  const named = (error instanceof Refused ? (error.problem.errors ?? []) : []).map(({ field, message }) => ({ path: field.split("."), message }));
  const sentenceFor = (path: Path) => {
    const messages = named.filter((fault) => overlap(fault.path, path)).map(({ message }) => `This ${message}.`);
    return messages.length > 0 ? messages.join(" ") : null;
  };
  const isNamed = sent.some(({ path }) => sentenceFor(path) !== null);
  return isNamed ? sentenceFor : () => error.message;
}
