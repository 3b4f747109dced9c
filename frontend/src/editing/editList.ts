/** The edits of one document that the API does not have yet: one for each part. */

import { conflictsOf, isSame, keyOf, overlap, valueAt, type Conflict, type Edit, type Path } from "./change";
import type { EditStorage, HeldEdit, Place } from "./heldEdit";
import { SentValues } from "./sentValues";

export interface NewEdit {
  isOpen?: boolean;
  isUndo?: boolean;
}

export class EditList {
  /** Whether all edits are in the browser's storage, and so survive the page. */
  isStored = true;
  readonly sent = new SentValues();

  constructor(
    private readonly place: Place,
    private readonly storage: EditStorage,
    private readonly now: () => number,
    public held: readonly HeldEdit[],
  ) {}

  /** Change a part from `base` to `mine`. An earlier edit of the part keeps its own base. */
  put({ path, base, mine }: Edit, { isOpen = false, isUndo = false }: NewEdit = {}): void {
    const old = this.held.find((edit) => keyOf(edit.path) === keyOf(path));
    const edit = { path, base: old ? old.base : base, mine, isOpen, isUndo, fault: null, at: this.now() };
    const others = this.held.filter((each) => !overlap(each.path, path));
    const isNeeded = !isSame(edit.base, mine) || this.sent.at(path).length > 0;
    this.set(isNeeded ? [...others, edit] : others);
  }

  /** The user has finished typing in this part, or in all parts. */
  close(path?: Path): void {
    const isMeant = (edit: HeldEdit) => edit.isOpen && (path === undefined || overlap(edit.path, path));
    this.set(this.held.map((edit) => (isMeant(edit) ? { ...edit, isOpen: false } : edit)));
  }

  drop(path: Path): void {
    this.sent.forget([{ path }]);
    this.set(this.held.filter((edit) => !overlap(edit.path, path)));
  }

  /** The edits that can be sent now: not being typed, not refused, and not in conflict with the saved document. */
  sendable(saved: object): HeldEdit[] {
    const disputed = this.conflicts(saved).map(({ path }) => keyOf(path));
    return this.held.filter(({ path, isOpen, fault }) => !isOpen && fault === null && !disputed.includes(keyOf(path)));
  }

  conflicts(saved: object): Conflict[] {
    return conflictsOf(this.held.filter(({ isOpen }) => !isOpen), saved);
  }

  /** The API has not saved these edits. */
  reject(sent: readonly HeldEdit[]): void {
    this.sent.forget(sent);
    this.set(this.held.filter(({ path, base, mine, isOpen }) => isOpen || !isSame(base, mine) || this.sent.at(path).length > 0));
  }

  /** The API has saved these edits. Newer changes are kept, with the saved value as their base. */
  settle(sent: readonly HeldEdit[], saved: object): void {
    this.sent.forget(sent);
    this.set(
      this.held.flatMap((edit) => {
        const affected = sent.filter(({ path }) => overlap(path, edit.path));
        if (affected.length === 0) return [edit];
        // The API may have stored another form of a value than the one sent.
        const isSaved = affected.some(({ path, mine }) => keyOf(path) === keyOf(edit.path) && isSame(mine, edit.mine));
        return isSaved && !edit.isOpen ? [] : [{ ...edit, base: valueAt(saved, edit.path) }];
      }),
    );
  }

  /** Compares the edits with a newer version. Drops those that it already has. */
  learn(saved: object): void {
    this.set(
      this.held.flatMap((edit) => {
        const value = valueAt(saved, edit.path);
        if (!edit.isOpen && isSame(value, edit.mine)) return [];
        const isOwn = this.sent.has(edit.path, value) && !isSame(value, edit.base);
        return [isOwn ? { ...edit, base: value } : edit];
      }),
    );
  }

  /** Marks edits as refused, except those that the user has changed since. `faultOf` says why; null for an edit that is not at fault. */
  refuse(sent: readonly HeldEdit[], faultOf: (path: Path) => string | null): void {
    this.reject(sent);
    this.held = this.held.map((edit) => (sent.includes(edit) ? { ...edit, fault: faultOf(edit.path) } : edit));
  }

  forgive(): void {
    this.held = this.held.map((edit) => ({ ...edit, fault: null }));
  }

  private set(next: readonly HeldEdit[]): void {
    if (next.length === this.held.length && next.every((edit, index) => edit === this.held[index])) return;
    this.isStored = this.storage.write(this.place, this.held, next) || next.length === 0;
    this.held = next;
  }
}
