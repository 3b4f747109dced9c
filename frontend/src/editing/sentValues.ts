/** The values that were sent to the API, until an answer says whether they were saved. */

import { isSame, keyOf, type Edit, type Path } from "./change";

export class SentValues {
  private readonly byKey = new Map<string, readonly unknown[]>();

  add(edits: readonly Edit[]): void {
    for (const { path, mine } of edits) this.byKey.set(keyOf(path), [...this.at(path), mine]);
  }

  /** The API has answered. */
  forget(edits: readonly Pick<Edit, "path">[]): void {
    for (const { path } of edits) this.byKey.delete(keyOf(path));
  }

  has(path: Path, value: unknown): boolean {
    return this.at(path).some((sent) => isSame(sent, value));
  }

  /** None if the API has answered for this part. */
  at(path: Path): readonly unknown[] {
    return this.byKey.get(keyOf(path)) ?? [];
  }
}
