/** How often a poll reads its job. */

import type { JobReading } from "../api/api.js";
import type { Job } from "../api/wire.js";
import type { Timers } from "./timers.js";

/** For an API that holds no answer back and sends no `Retry-After`. */
export const POLL_INTERVAL_MS = 3_000;
const GATHER_LEAST_S = 0.25;
const GATHER_MOST_S = 5;
/** Of the time that the job has been running. */
const GATHER_SHARE = 1 / 3;

export class Pace {
  private readonly timers: Timers;
  /** Milliseconds between two calls if the API does not hold its answers back; undefined for its `Retry-After`. */
  private readonly intervalMs: number | undefined;
  /** When the poll first saw the job being processed. */
  private runningSince: number | null = null;

  constructor(timers: Timers, intervalMs: number | undefined) {
    this.timers = timers;
    this.intervalMs = intervalMs;
  }

  see({ status }: Job): void {
    if (status === "processing") this.runningSince ??= this.timers.now();
  }

  /**
   * Seconds in which the API gathers changes before it answers. They grow while the job runs, so that a slow LLM costs as
   * few calls as a fast one: up to eight for three characters, whether they take one second or thirty.
   */
  get gatherS(): number {
    const runningS = this.runningSince === null ? 0 : (this.timers.now() - this.runningSince) / 1_000;
    return Math.min(GATHER_MOST_S, Math.max(GATHER_LEAST_S, runningS * GATHER_SHARE));
  }

  /**
   * Milliseconds to the next call; 0 or less for none. If the API holds answers back, the pause only lasts until
   * `earliest`, and an API that gathers has already waited that long.
   */
  pauseMs({ waited, retryAfterS }: JobReading, earliest: number): number {
    if (waited) return earliest - this.timers.now();
    return this.intervalMs ?? (retryAfterS === null ? POLL_INTERVAL_MS : retryAfterS * 1_000);
  }
}
