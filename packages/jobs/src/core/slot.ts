/** Slots: named places in storage for the job of a session, so that a reload or a second tab resumes it. */

import type { JobRequest } from "../api/wire.js";
import { browserStorage } from "./browserStorage.js";
import type { Timers } from "./timers.js";

export interface SlotRecord {
  request: JobRequest;
  /** The submission's Idempotency-Key. Resent after a reload, it gives the same job. */
  key: string;
  /** null until the submission is answered. */
  jobId: string | null;
  /** Whether the end of the job has been reported to the page. */
  settled: boolean;
  /** When it was submitted, milliseconds since 1970. */
  at: number;
}

/** One slot. If storage is full or forbidden, its record is lost when the page closes. */
export interface Slot {
  read(): SlotRecord | null;
  write(record: SlotRecord | null): void;
  /** Call `listener` when anyone writes to the slot, here or in another tab, until the returned function is called. */
  subscribe(listener: (record: SlotRecord | null) => void): () => void;
}

/** The API keeps a job for a day. */
export const JOB_LIVES_MS = 24 * 3_600_000;

/** The storage of an application's slots, and what their keys in it start with. */
export interface SlotPlace {
  prefix: string;
  /** undefined for that of the browser. */
  storage: Storage | undefined;
}

const opened = new WeakMap<SlotPlace, (name: string) => Slot>();

/**
 * The slot with this name. A slot without a name is forgotten when the page closes.
 *
 * The storage is opened when a named slot is first used. On a server, no slot is.
 */
export function slotOf({ place, timers }: { place: SlotPlace; timers: Timers }, name: string | undefined): Slot {
  if (name === undefined) return memorySlot();
  const slot = () => {
    const slots = opened.get(place) ?? storageSlots(place.storage ?? browserStorage(), place.prefix, timers.now());
    opened.set(place, slots);
    return slots(name);
  };
  return {
    read: () => slot().read(),
    write: (record) => slot().write(record),
    subscribe: (listener) => slot().subscribe(listener),
  };
}

/** The slots of a page by name. Records that do not fit into storage are kept until the page closes. */
export function storageSlots(storage: Storage, prefix: string, now: number): (name: string) => Slot {
  const place = `${prefix}job.`;
  attempt(() => forgetOld(storage, place, now));
  const page: SlotsOfPage = { unstored: new Map(), listeners: new Set() };
  return (name) => storageSlot(place + name, storage, page);
}

/** Drop old records, such as those of abandoned drafts, which nobody will read again. Anything else is not ours. */
function forgetOld(storage: Storage, place: string, now: number): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  for (const key of keys.filter((each) => each.startsWith(place))) {
    const record = parse(storage.getItem(key));
    if (record && now - record.at >= JOB_LIVES_MS) storage.removeItem(key);
  }
}

/** What the slots of a page share. */
interface SlotsOfPage {
  /** The records that do not fit into storage, by key. */
  unstored: Map<string, SlotRecord>;
  /** The browser tells only other tabs what has been written. */
  listeners: Set<(key: string, record: SlotRecord | null) => void>;
}

function storageSlot(key: string, storage: Storage, { unstored, listeners }: SlotsOfPage): Slot {
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
      for (const tell of [...listeners]) tell(key, record);
    },
    subscribe: (listener) => {
      const onStorage = (event: StorageEvent) => {
        if (event.key === key && event.storageArea === storage) listener(parse(event.newValue));
      };
      const onWrite = (written: string, record: SlotRecord | null) => {
        if (written === key) listener(record);
      };
      window.addEventListener("storage", onStorage);
      listeners.add(onWrite);
      return () => {
        window.removeEventListener("storage", onStorage);
        listeners.delete(onWrite);
      };
    },
  };
}

/** A slot that is lost when the page closes. */
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
