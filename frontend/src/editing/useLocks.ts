import { browserStorage } from "@loresmith/jobs/core";
import { useState } from "react";
import type { Place } from "./heldEdit";

export interface Locks {
  isLocked: (field: string) => boolean;
  toggle: (field: string) => void;
}

/** Which fields of a document the user does not want rewritten. This browser remembers them. */
export function useLocks({ shelf, id }: Place): Locks {
  const key = `loresmith.locks.${shelf}/${id}`;
  const [locked, setLocked] = useState(() => stored(key));
  return {
    isLocked: (field) => locked.includes(field),
    toggle: (field) => {
      const next = locked.includes(field) ? locked.filter((other) => other !== field) : [...locked, field];
      setLocked(next);
      store(key, next);
    },
  };
}

function stored(key: string): string[] {
  try {
    const found: unknown = JSON.parse(browserStorage(window).getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter((field) => typeof field === "string") : [];
  } catch {
    return [];
  }
}

function store(key: string, fields: string[]): void {
  try {
    if (fields.length > 0) browserStorage(window).setItem(key, JSON.stringify(fields));
    else browserStorage(window).removeItem(key);
  } catch {
    // Without storage, the locks end with the page.
  }
}
