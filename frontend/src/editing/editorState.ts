/** What a page shows of a document that is being edited. */

import type { Shelf, Shelves } from "@loresmith/jobs/library";
import { keyOf, type Conflict } from "./change";
import type { HeldEdit } from "./heldEdit";

export type SaveState =
  /** Everything is saved. `isNews`: something was saved since the document was opened. */
  | { state: "saved"; isNews: boolean }
  | { state: "typing" }
  | { state: "saving" }
  | { state: "offline" }
  /** The API cannot be reached, or asks to wait. The edits are sent again. */
  | { state: "waiting"; reason: string }
  | { state: "refused"; reason: string }
  | { state: "conflict" };

export interface EditorState<S extends Shelf> {
  /** The document as the API has it; null if it is not known yet. */
  saved: Shelves[S] | null;
  /** The document with the edits that are not saved yet. */
  shown: Shelves[S] | null;
  save: SaveState;
  conflicts: readonly Conflict[];
  /** When the last change was made that can be undone, milliseconds since 1970; null if nothing can be undone. */
  changedAt: number | null;
  /** Key of a path (`keyOf`) → why the API refused the edit of that part. */
  faults: ReadonlyMap<string, string>;
  /** Keys of the paths of the parts that are not saved yet. */
  unsaved: ReadonlySet<string>;
  /** Whether unsaved edits survive when the page closes. If not, the browser's storage is full or forbidden. */
  isStored: boolean;
}

export interface Circumstances {
  held: readonly HeldEdit[];
  conflicts: readonly Conflict[];
  isSending: boolean;
  isOffline: boolean;
  hasSaved: boolean;
  /** Why the last call failed. */
  trouble: { message: string; isTransient: boolean } | null;
}

export function saveStateOf({ held, conflicts, isSending, isOffline, hasSaved, trouble }: Circumstances): SaveState {
  const ready = held.filter(({ isOpen }) => !isOpen);
  const [fault] = ready.flatMap((edit) => edit.fault ?? []);
  if (conflicts.length > 0) return { state: "conflict" };
  if (fault !== undefined) return { state: "refused", reason: fault };
  if (ready.length > 0 && isOffline) return { state: "offline" };
  if (ready.length > 0 && trouble) return trouble.isTransient ? { state: "waiting", reason: trouble.message } : { state: "refused", reason: trouble.message };
  if (isSending && ready.length > 0) return { state: "saving" };
  return held.length > 0 ? { state: "typing" } : { state: "saved", isNews: hasSaved };
}

export function faultsByPath(held: readonly HeldEdit[]): Map<string, string> {
  return new Map(held.flatMap(({ path, fault }) => (fault === null ? [] : [[keyOf(path), fault] as const])));
}
