/** Which parts of a document are its content, which has versions. */

import type { Shelf } from "@loresmith/jobs/library";
import type { Path } from "./change";

const CONTENT: Record<Shelf, readonly string[]> = {
  pieces: ["name", "description", "language", "details"],
  worlds: ["title", "story", "quest", "language", "pieces"],
};

export function contentPaths(shelf: Shelf): Path[] {
  return CONTENT[shelf].map((name) => [name]);
}

/** The path of a field of a piece, as job types name it: in `details`, except for the name and the description. */
export function fieldPath(shelf: Shelf, field: string): Path {
  return CONTENT[shelf].includes(field) ? [field] : ["details", field];
}
