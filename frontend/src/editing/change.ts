/** Changes to parts of a document, as pure functions. */

/** Where a part is in a document: ["details", "traits"]. The entries of a list have no path: a list is one part. */
export type Path = readonly string[];

export interface Edit {
  path: Path;
  /** The value before the edit; undefined if the part did not exist. */
  base: unknown;
  /** The value that the user wants; undefined to remove the part. */
  mine: unknown;
}

/** An edit of a part that somebody else has changed in the meantime. */
export interface Conflict extends Edit {
  /** The value of the other change. */
  theirs: unknown;
}

export function keyOf(path: Path): string {
  return JSON.stringify(path);
}

/** The part's value; undefined if there is no such part. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), document);
}

/** The document with another value of this part. The old document is not changed. */
export function withValue<T>(document: T, [name, ...rest]: Path, value: unknown): T {
  if (name === undefined) return value as T;
  const old: Record<string, unknown> = isObject(document) ? document : {};
  const part = withValue(Object.hasOwn(old, name) ? old[name] : undefined, rest, value);
  const others = Object.entries(old).filter(([other]) => other !== name);
  if (part === undefined) return Object.fromEntries(others) as T;
  // A known part keeps its place.
  return (Object.hasOwn(old, name) ? { ...old, [name]: part } : Object.fromEntries([...others, [name, part]])) as T;
}

/** The document with these edits. */
export function edited<T>(document: T, edits: readonly Edit[]): T {
  return edits.reduce((result, { path, mine }) => withValue(result, path, mine), document);
}

/** The edits as a merge patch (RFC 7396), in which null removes a part. */
export function patchOf(edits: readonly Edit[]): object {
  return edits.reduce<object>((patch, { path, mine }) => withValue(patch, path, mine ?? null), {});
}

/** The smallest edits that lead from one value of a part to another. Members of objects are edited one by one. */
export function editsBetween(path: Path, base: unknown, mine: unknown): Edit[] {
  if (isSame(base, mine)) return [];
  if (!isObject(base) || !isObject(mine)) return [{ path, base, mine }];
  const names = [...new Set([...Object.keys(base), ...Object.keys(mine)])];
  return names.flatMap((name) => editsBetween([...path, name], valueAt(base, [name]), valueAt(mine, [name])));
}

/** Whether two JSON values are equal. A missing value equals null: the API writes one for the other. */
export function isSame(one: unknown, other: unknown): boolean {
  if (isMissing(one) || isMissing(other)) return isMissing(one) && isMissing(other);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((entry, index) => isSame(entry, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.every((name) => isSame(valueAt(one, [name]), valueAt(other, [name])));
}

/** The edits whose part is neither as it was before them nor as they want it. */
export function conflictsOf(edits: readonly Edit[], saved: unknown): Conflict[] {
  const compared = edits.map((edit) => ({ ...edit, theirs: valueAt(saved, edit.path) }));
  return compared.filter(({ base, mine, theirs }) => !isSame(theirs, base) && !isSame(theirs, mine));
}

/** Whether one part contains the other, or they are the same. */
export function overlap(one: Path, other: Path): boolean {
  const shared = Math.min(one.length, other.length);
  return one.slice(0, shared).every((name, index) => name === other[index]);
}

/** An object, not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
