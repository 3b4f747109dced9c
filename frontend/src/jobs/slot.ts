/** What a place on the page remembers of its job, so that a reload or a second tab takes it up again. */

import type { JobRequest } from "../api/wire";

export interface SlotRecord {
  request: JobRequest;
  /** The submission's Idempotency-Key: sent again after a reload, it finds the same job. */
  key: string;
  /** null while the submission is under way. */
  jobId: string | null;
  /** Whether the end of the job has been told to the page. */
  settled: boolean;
  /** When it was submitted, milliseconds since 1970. */
  at: number;
}

/** One place's memory. Where storage is full or forbidden it ends with the page. */
export interface Slot {
  read(): SlotRecord | null;
  write(record: SlotRecord | null): void;
  /** Called when another tab has written; the answer ends that. */
  subscribe(listener: (record: SlotRecord | null) => void): () => void;
}

/** The API keeps a job for a day. */
export const JOB_LIVES_MS = 24 * 3_600_000;

const PREFIX = "loresmith.job.";

/** The slots of a page by their names. What storage does not take is kept until the page ends. */
export function storageSlots(storage: Storage, page: Window, now: number): (name: string) => Slot {
  attempt(() => forgetOld(storage, now));
  const unstored = new Map<string, SlotRecord>();
  return (name) => storageSlot(PREFIX + name, storage, page, unstored);
}

/** Places that nobody comes back to, such as those of a draft that was given up, leave their records behind. */
function forgetOld(storage: Storage, now: number): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  for (const key of keys.filter((each) => each.startsWith(PREFIX))) {
    const at = parse(storage.getItem(key))?.at ?? 0;
    if (now - at >= JOB_LIVES_MS) storage.removeItem(key);
  }
}

function storageSlot(key: string, storage: Storage, page: Window, unstored: Map<string, SlotRecord>): Slot {
  return {
    read: () => unstored.get(key) ?? attempt(() => parse(storage.getItem(key))),
    write: (record) => {
      unstored.delete(key);
      try {
        if (record) storage.setItem(key, JSON.stringify(record));
        else storage.removeItem(key);
      } catch {
        if (record) unstored.set(key, record);
      }
    },
    subscribe: (listener) => {
      const heard = (event: StorageEvent) => {
        if (event.key === key && event.storageArea === storage) listener(parse(event.newValue));
      };
      page.addEventListener("storage", heard);
      return () => page.removeEventListener("storage", heard);
    },
  };
}

/** A memory that ends with the page. */
export function memorySlot(): Slot {
  let kept: SlotRecord | null = null;
  return { read: () => kept, write: (record) => void (kept = record), subscribe: () => () => undefined };
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

function parse(text: string | null): SlotRecord | null {
  const given = text === null ? null : (attempt(() => JSON.parse(text) as unknown) as Partial<SlotRecord> | null);
  if (typeof given?.key !== "string" || typeof given.request?.type !== "string") return null;
  return { request: given.request, key: given.key, jobId: given.jobId ?? null, settled: given.settled === true, at: given.at ?? 0 };
}
