/** Edits that the API does not have yet. They are kept in the browser's storage, so closing the page loses nothing. */

import type { Shelf } from "@loresmith/jobs/library";
import { keyOf, type Edit, type Path } from "./change";

export interface HeldEdit extends Edit {
  /** Whether the user is still typing. Such an edit is not sent. */
  isOpen: boolean;
  /** Whether it undoes another edit. Such an edit cannot be undone. */
  isUndo: boolean;
  /** Why the API refused it; null if it did not. */
  fault: string | null;
  /** When it last changed, milliseconds since 1970. */
  at: number;
}

export interface Place {
  shelf: Shelf;
  id: string;
}

export interface EditStorage {
  /** What earlier pages have left: the edits of each document. */
  found: () => { place: Place; edits: HeldEdit[] }[];
  /** Store what differs between the two lists. False if the storage is full or forbidden. */
  write: (place: Place, previous: readonly HeldEdit[], next: readonly HeldEdit[]) => boolean;
  /** Calls `listener` when another tab has finished an edit of this document, until the returned function is called. */
  subscribe: (listener: (place: Place) => void) => () => void;
}

const PREFIX = "loresmith.edit.";

export function editStorage(storage: Storage, page: Window): EditStorage {
  return {
    found: () => attempt(() => found(storage)) ?? [],
    write: (place, previous, next) => attempt(() => write(storage, place, previous, next)) ?? false,
    subscribe: (listener) => {
      const onStorage = ({ key, newValue }: StorageEvent) => {
        const parsed = key !== null && newValue === null ? parseKey(key) : null;
        if (parsed) listener(parsed.place);
      };
      page.addEventListener("storage", onStorage);
      return () => page.removeEventListener("storage", onStorage);
    },
  };
}

/** Each edit has its own key, so that tabs with edits to different parts do not overwrite each other. */
function storageKey({ shelf, id }: Place, path: Path): string {
  return `${PREFIX}${shelf}/${id}/${keyOf(path)}`;
}

function parseKey(key: string): { place: Place; path: Path } | null {
  const [, shelf, id, text] = /^loresmith\.edit\.(pieces|worlds)\/([^/]+)\/(.+)$/.exec(key) ?? [];
  const path = text === undefined ? null : attempt(() => JSON.parse(text) as unknown);
  if (id === undefined || !isPath(path)) return null;
  return { place: { shelf: shelf as Shelf, id }, path };
}

function found(storage: Storage): { place: Place; edits: HeldEdit[] }[] {
  const places = new Map<string, { place: Place; edits: HeldEdit[] }>();
  for (const key of keysOf(storage)) {
    const parsed = parseKey(key);
    const edit = parsed && parseEdit(parsed.path, storage.getItem(key));
    if (!parsed || !edit) continue;
    const name = `${parsed.place.shelf}/${parsed.place.id}`;
    const entry = places.get(name) ?? { place: parsed.place, edits: [] };
    places.set(name, { ...entry, edits: [...entry.edits, edit] });
  }
  return [...places.values()];
}

function keysOf(storage: Storage): string[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return keys.filter((key) => key.startsWith(PREFIX)).sort();
}

function parseEdit(path: Path, text: string | null): HeldEdit | null {
  const given = (text === null ? null : attempt(() => JSON.parse(text) as unknown)) as Partial<HeldEdit> | null;
  if (typeof given?.at !== "number") return null;
  return { path, base: given.base, mine: given.mine, isOpen: given.isOpen === true, isUndo: given.isUndo === true, fault: null, at: given.at };
}

function write(storage: Storage, place: Place, previous: readonly HeldEdit[], next: readonly HeldEdit[]): boolean {
  const kept = new Set(next.map(({ path }) => keyOf(path)));
  for (const { path } of previous) {
    if (!kept.has(keyOf(path))) storage.removeItem(storageKey(place, path));
  }
  for (const edit of next.filter((each) => !previous.includes(each))) {
    const { path, base, mine, isOpen, isUndo, at } = edit;
    storage.setItem(storageKey(place, path), JSON.stringify({ base, mine, isOpen, isUndo, at }));
  }
  return true;
}

function isPath(given: unknown): given is Path {
  return Array.isArray(given) && given.length > 0 && given.every((name) => typeof name === "string");
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
