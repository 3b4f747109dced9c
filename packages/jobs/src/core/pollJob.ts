/**
 * Polls one job until it ends. Does not depend on React; the clock, the presence and the API are arguments.
 *
 * If the API supports `Prefer: wait`, it holds each answer back until the job changes (long poll), and a little longer to
 * gather further changes (`pace.ts`). Otherwise there is a call every `intervalMs`. After a failed call, the connection is "reconnecting" and the pauses grow. A permanent error,
 * such as 404, ends the poll. There are no calls while the page is hidden, and few while it is offline.
 */

import { asApiError, Refused, type ApiError } from "../api/error.js";
import type { Api, JobReading } from "../api/api.js";
import type { Job } from "../api/wire.js";
import { backoffMs } from "./backoff.js";
import { LIVE, OFFLINE, type Connection } from "./connection.js";
import { isFinal, newer } from "./jobState.js";
import { Pace } from "./pace.js";
import type { Presence } from "./presence.js";
import { sleep, type Timers } from "./timers.js";

export interface PollEnvironment {
  readJob: Api["readJob"];
  timers: Timers;
  presence: Presence;
  /** 0 to 1. */
  random: () => number;
}

export interface PollOptions {
  /** Milliseconds between two calls if the API does not hold its answers back. The default is its `Retry-After`. */
  intervalMs?: number | undefined;
  /** Seconds that the API may hold an answer back; 0 for plain polling. Called before each request. */
  waitS?: () => number;
}

/** The latest state of a job that is being polled. */
export interface JobUpdate {
  job: Job | null;
  connection: Connection;
  /** Why the poll ended before the job did; null otherwise. */
  fault: ApiError | null;
}

export interface Poll {
  stop(): void;
  /** Take in the job that another call returned, such as a cancel. */
  learn(job: Job): void;
}

/**
 * The longest time that the API holds an answer back: `MAX_WAIT_S` in `chalicelib/service/reading.py`. The OpenAPI
 * document states it only in words, in the description of `Prefer`.
 */
export const LONG_POLL_S = 20;
/** The time between two calls while the browser reports that it is offline. It may be wrong. */
export const OFFLINE_PROBE_MS = 30_000;

/** Poll a job. `known` is the last known state. `onChange` is never called before this returns, nor after `stop`. */
export function pollJob(
  jobId: string,
  environment: PollEnvironment,
  onChange: (update: JobUpdate) => void,
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
  /** Whether the last call was answered. If not, the next one asks for an immediate answer, to see if the API is back. */
  private isAnswered: boolean;
  private failingSince: number | null = null;
  private readonly pace: Pace;
  private readonly jobId: string;
  private readonly environment: PollEnvironment;
  private readonly onChange: (update: JobUpdate) => void;
  private readonly options: PollOptions;
  private job: Job | null;
  /** Ends whatever the current round is waiting for. */
  private round = new AbortController();

  constructor(
    jobId: string,
    environment: PollEnvironment,
    onChange: (update: JobUpdate) => void,
    job: Job | null,
    options: PollOptions,
  ) {
    this.jobId = jobId;
    this.environment = environment;
    this.onChange = onChange;
    this.job = job;
    this.options = options;
    this.isAnswered = job !== null;
    this.pace = new Pace(environment.timers, options.intervalMs);
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
    if (this.job) this.pace.see(this.job);
    const unsubscribe = this.environment.presence.subscribe(() => this.round.abort());
    while (this.isRunning) {
      this.round = new AbortController();
      await this.pollOnce(this.round.signal);
    }
    unsubscribe();
  }

  private get isRunning(): boolean {
    return !this.stopped;
  }

  private async pollOnce(signal: AbortSignal): Promise<void> {
    await this.untilPresent(signal);
    if (signal.aborted) return;
    const wantedS = this.options.waitS?.() ?? LONG_POLL_S;
    const call = { knownRevision: this.job?.revision ?? null, waitS: this.isAnswered ? wantedS : 0, gatherS: this.pace.gatherS };
    const earliest = this.environment.timers.now() + call.gatherS * 1_000;
    try {
      const reading = await this.environment.readJob(this.jobId, { ...call, signal });
      const pauseMs = call.waitS < wantedS ? 0 : this.pace.pauseMs(reading, earliest);
      await this.onAnswer(reading, pauseMs, signal);
    } catch (thrown) {
      await this.onFailure(thrown, signal);
    }
  }

  /** Wait until the page is visible, and after failed calls until it is online or the next probe is due. */
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

  private async onAnswer(reading: JobReading, pauseMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.isAnswered = true;
    this.failures = 0;
    this.failingSince = null;
    if (reading.job) this.see(reading.job);
    else this.emit(LIVE);
    if (this.job && isFinal(this.job)) return this.stop();
    if (pauseMs > 0) await sleep(this.environment.timers, pauseMs, signal);
  }

  private async onFailure(thrown: unknown, signal: AbortSignal): Promise<void> {
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
    this.pace.see(this.job);
    this.emit(LIVE);
  }

  private emit(connection: Connection): void {
    this.onChange({ job: this.job, connection, fault: null });
  }
}
