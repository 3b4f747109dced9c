/**
 * Edits one document: keeps what the user types, saves it, and undoes it. It does not depend on React.
 *
 * Each edit knows the value that it replaces. So edits to different parts never disturb each other, even if they come
 * from several tabs or people. An edit to a part that somebody else has changed is a conflict, which the user resolves.
 */

import { Observable } from "@loresmith/jobs/core";
import type { Shelf, Shelves } from "@loresmith/jobs/library";
import { edited, editsBetween, isSame, keyOf, valueAt, type Edit, type Path } from "./change";
import { contentPaths } from "./content";
import { EditList } from "./editList";
import { faultsByPath, saveStateOf, type EditorState } from "./editorState";
import type { EditStorage, HeldEdit, Place } from "./heldEdit";
import { Saver, type SaverEnvironment } from "./saver";

export interface EditorEnvironment extends SaverEnvironment {
  storage: EditStorage;
}

/** A change that can be undone. */
export interface Undoable {
  at: number;
  edits: Edit[];
}

export class Editor<S extends Shelf = Shelf> {
  readonly view: Observable<EditorState<S>>;
  private readonly edits: EditList;
  private readonly saver: Saver<S>;
  private readonly undoable: Undoable[] = [];
  private hasSaved = false;

  /** `left`: the edits that an earlier page could not save. */
  constructor(
    readonly place: Place & { shelf: S },
    private readonly environment: EditorEnvironment,
    left: readonly HeldEdit[] = [],
  ) {
    const { storage, timers } = environment;
    this.edits = new EditList(place, storage, () => timers.now(), left);
    const listener = {
      stepped: () => this.view.set(this.state()),
      settled: (sent: readonly HeldEdit[], answer: Shelves[S]) => this.settled(sent, answer),
    };
    this.saver = new Saver(place, environment, this.edits, listener);
    this.view = new Observable(this.state());
  }

  /** Takes over a document from the API, unless a newer version is known. */
  learn(document: Shelves[S]): void {
    this.saver.learn(document);
    void this.saver.send();
  }

  /** Change a part, and save it. With `isOpen`, only remember it: the user is still typing. undefined removes the part. */
  change(path: Path, value: unknown, isOpen = false): void {
    const { saved } = this.saver;
    const edits = isOpen ? [{ path, mine: value }] : editsBetween(path, valueAt(this.view.current.shown, path), value);
    for (const edit of edits) this.edits.put({ ...edit, base: valueAt(saved, edit.path) }, { isOpen });
    if (!isOpen) this.edits.close(path);
    void this.saver.send();
  }

  /** The user has finished typing in a part, or in all parts. */
  finish(path?: Path): void {
    this.edits.close(path);
    void this.saver.send();
  }

  /** Forget the unsaved edit of a part. */
  discard(path: Path): void {
    this.edits.drop(path);
    void this.saver.send();
  }

  /** Undo the last change, or the one that `replaced` has returned. */
  undo(change = this.undoable.at(-1)): void {
    const index = change ? this.undoable.indexOf(change) : -1;
    if (index < 0) return;
    for (const { path, base, mine } of this.undoable.splice(index, 1).flatMap(({ edits }) => edits)) this.edits.put({ path, base: mine, mine: base }, { isUndo: true });
    void this.saver.send();
  }

  /** Takes over a version that no edit made, such as a rewrite. It can be undone too. */
  replaced(document: Shelves[S], before: Shelves[S] | null = this.saver.saved): Undoable | undefined {
    const paths = before === null ? [] : contentPaths(this.place.shelf);
    const change = this.remember(paths.flatMap((path) => editsBetween(path, valueAt(before, path), valueAt(document, path))));
    this.learn(document);
    return change;
  }

  /** Settle a conflict with `value`. Undo brings back the user's value that it replaces. */
  resolve(path: Path, value: unknown): void {
    const conflict = this.view.current.conflicts.find((each) => keyOf(each.path) === keyOf(path));
    if (conflict === undefined) return;
    const { mine, theirs } = conflict;
    this.edits.drop(path);
    this.edits.put({ path, base: theirs, mine: value });
    if (isSame(value, theirs)) this.remember([{ path, base: mine, mine: theirs }]);
    void this.saver.send();
  }

  /** Try again now. With `refused`, also try again what the API has refused. */
  retry({ refused = false } = {}): void {
    if (refused) this.edits.forgive();
    void this.saver.wake();
  }

  private settled(sent: readonly HeldEdit[], answer: Shelves[S]): void {
    this.hasSaved = true;
    const changes = sent.filter(({ isUndo }) => !isUndo).map(({ path, base }) => ({ path, base, mine: valueAt(answer, path) }));
    this.remember(changes.filter(({ base, mine }) => !isSame(base, mine)));
  }

  private remember(edits: Edit[]): Undoable | undefined {
    if (edits.length === 0) return undefined;
    const change = { at: this.environment.timers.now(), edits };
    this.undoable.push(change);
    return change;
  }

  private state(): EditorState<S> {
    const { edits, saver, hasSaved, undoable } = this;
    const { saved, isSending, trouble } = saver;
    const { held, isStored } = edits;
    const conflicts = saved === null ? [] : edits.conflicts(saved);
    const isOffline = this.environment.presence.state === "offline";
    return {
      saved,
      shown: saved && edited(saved, held),
      save: saveStateOf({ held, conflicts, isSending, isOffline, hasSaved, trouble }),
      conflicts,
      changedAt: undoable.at(-1)?.at ?? null,
      faults: faultsByPath(held),
      unsaved: new Set(held.map(({ path }) => keyOf(path))),
      isStored,
    };
  }
}
