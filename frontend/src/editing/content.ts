/** Which parts of a document are its content, which has versions. */

import type { Shelf } from "../api/libraryWire";
import type { Path } from "./change";

const CONTENT: Record<Shelf, readonly string[]> = {
  pieces: ["name", "description", "language", "details"],
  worlds: ["title", "story", "quest", "language", "pieces"],
};

export function contentPaths(shelf: Shelf): Path[] {
  return CONTENT[shelf].map((name) => [name]);
}

/** The path of a field of a piece, as job types name it: a member of `details` unless it is a part of its own. */
export function fieldPath(shelf: Shelf, field: string): Path {
  return CONTENT[shelf].includes(field) ? [field] : ["details", field];
}
