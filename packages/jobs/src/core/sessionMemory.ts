/** The current submission of a session, in memory and in its slot. */

import type { Job } from "../api/wire.js";
import { canRetry } from "./jobState.js";
import { JOB_LIVES_MS, type Slot, type SlotRecord } from "./slot.js";

/** A reload does not resend an older submission: nobody is waiting for it, and its job would cost money. */
const SUBMISSION_LIVES_MS = 10 * 60_000;

export class SessionMemory {
  private readonly slot: Slot;
  private current: SlotRecord | null = null;

  constructor(slot: Slot) {
    this.slot = slot;
  }

  /** Survives `emptySlot`, so that a refused submission can be sent again. */
  get record(): SlotRecord | null {
    return this.current;
  }

  remember(record: SlotRecord | null): void {
    this.current = record;
    this.slot.write(record);
  }

  /** Take over the record of the slot, or one that was written by another component or tab. Returns null if there is no recent record. */
  adopt(found: SlotRecord | null, now: number): SlotRecord | null {
    const lives = found?.jobId ? JOB_LIVES_MS : SUBMISSION_LIVES_MS;
    this.current = found && now - found.at < lives ? found : null;
    if (found && !this.current) this.emptySlot();
    return this.current;
  }

  read(): SlotRecord | null {
    return this.slot.read();
  }

  /** Empty the slot, so that a reload finds nothing. */
  emptySlot(): void {
    this.slot.write(null);
  }

  /** Record that the job has ended. An incomplete one stays in the slot for a retry. True only the first time, reloads included. */
  settle(job: Job): boolean {
    const isFirst = !(this.current?.settled ?? false);
    if (this.current) this.current = { ...this.current, settled: true };
    this.slot.write(canRetry(job) ? this.current : null);
    return isFirst;
  }

  /** Whether the slot still waits for the answer to this submission, and no other session has taken it over. */
  isWaitingFor(record: SlotRecord | null): boolean {
    const found = this.slot.read();
    return found?.key === record?.key && found?.jobId === null;
  }

  subscribe(listener: (record: SlotRecord | null) => void): () => void {
    return this.slot.subscribe(listener);
  }
}
