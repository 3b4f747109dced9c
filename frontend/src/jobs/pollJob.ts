/**
 * Follows one job to its end. Knows no React; clock, presence and the API are arguments.
 *
 * If the API takes `Prefer: wait`, it holds each answer back until there is news (long poll); otherwise there is a call
 * every `intervalMs`. After a failed call the watch goes on with growing pauses, as "reconnecting". A refusal that waiting
 * does not cure, such as 404, ends the watch. There are no calls while the page is hidden or the network is gone.
 */

import { asApiError, Refused, type ApiError } from "../api/error";
import type { Api, JobReading } from "../api/client";
import type { Job } from "../api/wire";
import { backoffMs } from "./backoff";
import { LIVE, OFFLINE, type Connection } from "./connection";
import { isFinal, newer } from "./jobState";
import type { Presence } from "./presence";
import { sleep, type Timers } from "./timers";

export interface PollEnvironment {
  readJob: Api["readJob"];
  timers: Timers;
  presence: Presence;
  /** 0 to 1. */
  random: () => number;
}

export interface PollOptions {
  /** Milliseconds between two calls if the API does not hold its answers back (guide: 3 s). */
  intervalMs?: number;
  /** Seconds the API may hold an answer back; asked before each call, 0 for plain polling. */
  waitS?: () => number;
}

/** What a watcher sees. */
export interface Sighting {
  job: Job | null;
  connection: Connection;
  /** Why the watch ended before the job did; null otherwise. */
  fault: ApiError | null;
}

export interface Poll {
  stop(): void;
  /** Take in the job as another call has answered it, such as a cancel. */
  learn(job: Job): void;
}

export const POLL_INTERVAL_MS = 3_000;
/** The longest that the API holds an answer back. */
export const LONG_POLL_S = 20;
/** Between two long polls: a burst of news costs one call. */
const BREATH_MS = 300;
/** A browser that calls itself offline may be wrong; this is how often one call tries. */
export const OFFLINE_PROBE_MS = 30_000;

/** Watch a job; `known` is the last answer. `onChange` is never called before this returns, nor after stop. */
export function pollJob(
  jobId: string,
  environment: PollEnvironment,
  onChange: (sighting: Sighting) => void,
  known: Job | null = null,
  options: PollOptions = {},
): Poll {
  const poll = new PollLoop(jobId, environment, onChange, known, options);
  void Promise.resolve().then(() => poll.run());
  return poll;
}

class PollLoop implements Poll {
  private stopped = false;
  private failures = 0;
  /** Whether the newest call was answered. If not, the next asks for an answer at once: is the API back? */
  private isAnswered: boolean;
  private failingSince: number | null = null;
  /** Ends what the current round waits for. */
  private round = new AbortController();

  constructor(
    private readonly jobId: string,
    private readonly environment: PollEnvironment,
    private readonly onChange: (sighting: Sighting) => void,
    private job: Job | null,
    private readonly options: PollOptions,
  ) {
    this.isAnswered = job !== null;
  }

  stop(): void {
    this.stopped = true;
    this.round.abort();
  }

  learn(job: Job): void {
    if (this.stopped) return;
    this.see(job);
    if (isFinal(job)) this.stop();
  }

  async run(): Promise<void> {
    const unsubscribe = this.environment.presence.subscribe(() => this.round.abort());
    while (this.goesOn) {
      this.round = new AbortController();
      await this.look(this.round.signal);
    }
    unsubscribe();
  }

  private get goesOn(): boolean {
    return !this.stopped;
  }

  private async look(signal: AbortSignal): Promise<void> {
    await this.untilPresent(signal);
    if (signal.aborted) return;
    const wishS = this.options.waitS?.() ?? LONG_POLL_S;
    const waitS = this.isAnswered ? wishS : 0;
    try {
      const knownRevision = this.job?.revision ?? null;
      const reading = await this.environment.readJob(this.jobId, { knownRevision, waitS, signal });
      await this.heard(reading, waitS < wishS, signal);
    } catch (thrown) {
      await this.missed(thrown, signal);
    }
  }

  /** Returns at once if the page is visible and online. */
  private async untilPresent(signal: AbortSignal): Promise<void> {
    const { presence, timers } = this.environment;
    if (presence.state === "hidden") {
      this.isAnswered = false;
      const change = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      this.emit({ state: "paused", reason: "hidden" });
      await change;
    } else if (presence.state === "offline" && this.failures > 0) {
      this.emit(OFFLINE);
      await sleep(timers, OFFLINE_PROBE_MS, signal);
    }
  }

  private async heard(reading: JobReading, wasHurried: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.isAnswered = true;
    this.failures = 0;
    this.failingSince = null;
    if (reading.job) this.see(reading.job);
    else this.emit(LIVE);
    if (this.job && isFinal(this.job)) return this.stop();
    const delayMs = reading.waited || wasHurried ? BREATH_MS : (this.options.intervalMs ?? intervalMs(reading));
    await sleep(this.environment.timers, delayMs, signal);
  }

  private async missed(thrown: unknown, signal: AbortSignal): Promise<void> {
    this.isAnswered = false;
    if (signal.aborted) {
      if (this.environment.presence.state === "offline") this.failures += 1;
      return;
    }
    const error = asApiError(thrown);
    if (error.isTransient) return this.backOff(error, signal);
    this.onChange({ job: this.job, connection: LIVE, fault: error });
    this.stop();
  }

  private async backOff(error: ApiError, signal: AbortSignal): Promise<void> {
    const { timers, random } = this.environment;
    const now = timers.now();
    const since = (this.failingSince ??= now);
    const failures = (this.failures += 1);
    const delayMs = backoffMs(failures, random(), error instanceof Refused ? error.retryAfterS : null);
    this.emit({ state: "reconnecting", failures, since, nextTryAt: now + delayMs, error });
    await sleep(timers, delayMs, signal);
  }

  private see(job: Job): void {
    this.job = newer(this.job, job);
    this.emit(LIVE);
  }

  private emit(connection: Connection): void {
    this.onChange({ job: this.job, connection, fault: null });
  }
}

function intervalMs({ retryAfterS }: JobReading): number {
  return retryAfterS === null ? POLL_INTERVAL_MS : retryAfterS * 1_000;
}
