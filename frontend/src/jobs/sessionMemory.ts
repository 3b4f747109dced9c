/** What a session remembers of its current submission, here and in its slot. */

import type { Job } from "../api/wire";
import { JOB_LIVES_MS, type Slot, type SlotRecord } from "./slot";

/** An older submission that was cut off is not sent, and paid for, by itself: nobody waits for it any more. */
const SUBMISSION_LIVES_MS = 10 * 60_000;

export class SessionMemory {
  private current: SlotRecord | null = null;

  constructor(private readonly slot: Slot) {}

  /** Survives `emptySlot`, so that a refused submission can be sent again. */
  get record(): SlotRecord | null {
    return this.current;
  }

  remember(record: SlotRecord | null): void {
    this.current = record;
    this.slot.write(record);
  }

  /** Take over what the slot holds or another tab wrote there. Null if there is nothing, or nothing recent. */
  adopt(found: SlotRecord | null, now: number): SlotRecord | null {
    const lives = found?.jobId ? JOB_LIVES_MS : SUBMISSION_LIVES_MS;
    this.current = found && now - found.at < lives ? found : null;
    if (found && !this.current) this.emptySlot();
    return this.current;
  }

  read(): SlotRecord | null {
    return this.slot.read();
  }

  /** A reload will find nothing. */
  emptySlot(): void {
    this.slot.write(null);
  }

  /** Note that the job has ended; a failed one stays in the slot to be retried. True the first time, also over reloads. */
  settle(job: Job): boolean {
    const isFirst = !(this.current?.settled ?? false);
    if (this.current) this.current = { ...this.current, settled: true };
    this.slot.write(job.status === "failed" ? this.current : null);
    return isFirst;
  }

  /** Whether the slot still waits for the answer to this submission, and no other session has taken it up. */
  isWaitingFor(record: SlotRecord | null): boolean {
    const found = this.slot.read();
    return found?.key === record?.key && found?.jobId === null;
  }

  subscribe(listener: (record: SlotRecord | null) => void): () => void {
    return this.slot.subscribe(listener);
  }
}
