/** The edits of one document that the API does not have yet: one for each part. */

import { conflictsOf, edited, isSame, keyOf, overlap, valueAt, type Conflict, type Edit, type Path } from "./change";
import type { EditStorage, HeldEdit, Place } from "./heldEdit";

export interface NewEdit {
  isOpen?: boolean;
  isUndo?: boolean;
}

export class EditList {
  /** Whether all edits are in the browser's storage, and so survive the page. */
  isStored = true;

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
    this.set(isSame(edit.base, mine) ? others : [...others, edit]);
  }

  /** The user has finished typing in this part, or in all parts. */
  close(path?: Path): void {
    const isMeant = (edit: HeldEdit) => edit.isOpen && (path === undefined || overlap(edit.path, path));
    if (this.held.some(isMeant)) this.set(this.held.map((edit) => (isMeant(edit) ? { ...edit, isOpen: false } : edit)));
  }

  drop(path: Path): void {
    this.set(this.held.filter((edit) => !overlap(edit.path, path)));
  }

  /** Those that can be sent now: not being typed, not refused, and not in conflict with the saved document. */
  sendable(saved: object): HeldEdit[] {
    const disputed = this.conflicts(saved).map(({ path }) => keyOf(path));
    return this.held.filter(({ path, isOpen, fault }) => !isOpen && fault === null && !disputed.includes(keyOf(path)));
  }

  conflicts(saved: object): Conflict[] {
    return conflictsOf(this.held.filter(({ isOpen }) => !isOpen), saved);
  }

  /** The API has saved these. What the user has changed since then is kept, with the saved value as its base. */
  settle(sent: readonly HeldEdit[], saved: object): void {
    const settled = new Map(sent.map((edit) => [keyOf(edit.path), edit]));
    this.set(
      this.held.flatMap((edit) => {
        const was = settled.get(keyOf(edit.path));
        if (was === undefined) return [edit];
        return isSame(was.mine, edit.mine) && !edit.isOpen ? [] : [{ ...edit, base: valueAt(saved, edit.path) }];
      }),
    );
  }

  /** Drops the edits that the saved document already has. */
  dropSatisfied(saved: object): void {
    const isOpenOrNew = ({ isOpen, path, mine }: HeldEdit) => isOpen || !isSame(valueAt(saved, path), mine);
    if (!this.held.every(isOpenOrNew)) this.set(this.held.filter(isOpenOrNew));
  }

  /** Marks edits as refused. `faultOf` says why; null for an edit that is not at fault. */
  refuse(sent: readonly HeldEdit[], faultOf: (path: Path) => string | null): void {
    const refused = new Set(sent.map(({ path }) => keyOf(path)));
    this.held = this.held.map((edit) => (refused.has(keyOf(edit.path)) ? { ...edit, fault: faultOf(edit.path) } : edit));
  }

  forgive(): void {
    this.held = this.held.map((edit) => ({ ...edit, fault: null }));
  }

  appliedTo<T>(saved: T): T {
    return edited(saved, this.held);
  }

  private set(next: readonly HeldEdit[]): void {
    this.isStored = this.storage.write(this.place, this.held, next) || next.length === 0;
    this.held = next;
  }
}
