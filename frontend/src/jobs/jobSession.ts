/**
 * One place on the page that runs jobs, one at a time: submits, watches, cancels, tries again, and takes up after a
 * reload what was running. Knows no React.
 *
 *     idle ──submit──► submitting ──answered──► watching ──end──► ended
 *                          └──────refused──────────────────────────▲
 *
 * A newer submission supersedes the older, whose answers are never shown; its job is cancelled, since nobody will read it.
 */

import { asApiError, type ApiError } from "../api/error";
import type { Api } from "../api/client";
import type { Job, JobRequest } from "../api/wire";
import { LIVE, type Connection } from "./connection";
import { newIdempotencyKey } from "./idempotencyKey";
import { canRetry, isFinal } from "./jobState";
import type { JobWatch } from "./jobWatch";
import type { Sighting } from "./pollJob";
import { JOB_LIVES_MS, type Slot, type SlotRecord } from "./slot";
import { sendUntilAnswered, type SubmissionEnvironment } from "./submission";

export interface SessionState {
  phase: "idle" | "submitting" | "watching" | "ended";
  job: Job | null;
  /** Why there is no job to see: the submission was refused, or the job is gone. */
  error: ApiError | null;
  connection: Connection;
}

export interface SessionEnvironment extends SubmissionEnvironment {
  api: Pick<Api, "submitJob" | "retryJob" | "cancelJob">;
  watch: JobWatch;
  slot: Slot;
}

/** How a job ended; told once for each. A cancelled job is not told: whoever cancelled it knows. */
export type End = { job: Extract<Job, { status: "completed" | "failed" }> } | { error: ApiError };

/** A submission that was cut off longer ago is not sent, and paid for, by itself: nobody waits for it any more. */
const SUBMISSION_LIVES_MS = 10 * 60_000;

/** The code of a job that is not there (any more). */
const GONE = "not_found";

const IDLE: SessionState = { phase: "idle", job: null, error: null, connection: LIVE };

export class JobSession {
  private current: SessionState = IDLE;
  private readonly listeners = new Set<() => void>();
  private onEnd: ((end: End) => void) | null = null;
  /** What is remembered of the current submission; also in the slot until it is settled. */
  private record: SlotRecord | null = null;
  /** The current submission's own: aborted once it is superseded. */
  private turn = new AbortController();
  private answer: Promise<Job | null> = Promise.resolve(null);
  private leave: () => void = () => undefined;

  constructor(private readonly environment: SessionEnvironment) {}

  get state(): SessionState {
    return this.current;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Take up what the slot remembers, and follow it until the returned function is called. */
  start(onEnd: (end: End) => void): () => void {
    this.onEnd = onEnd;
    const unsubscribe = this.environment.slot.subscribe((record) => this.adopt(record));
    if (this.current.phase === "idle") this.resume(this.environment.slot.read());
    else if (this.current.phase === "watching" && this.jobId) this.follow(this.jobId, this.current.job);
    return () => {
      this.onEnd = null;
      unsubscribe();
      this.leave();
    };
  }

  /** Never rejects: a refusal becomes `state.error`, and the answer null. The same request twice is one job. */
  submit(request: JobRequest): Promise<Job | null> {
    if (this.isBusy && sameRequest(this.record?.request, request)) return this.answer;
    return this.begin({ request, key: newIdempotencyKey(), jobId: null, settled: false, at: this.now });
  }

  /** Try again what has failed, from where it stopped where that is possible. Never rejects. */
  retry(): Promise<Job | null> {
    const { job, error } = this.current;
    if (this.isBusy) return this.answer;
    if (job && !isFinal(job)) return this.watchOn(job);
    if (job && canRetry(job)) return this.goOn(job);
    if (this.record === null) return Promise.resolve(null);
    const key = error?.isTransient ? this.record.key : newIdempotencyKey();
    return this.begin({ ...this.record, key, jobId: null, settled: false, at: this.now });
  }

  /** Stop the job, or the submission that is under way. Never rejects; false where the API could not be told. */
  async cancel(): Promise<boolean> {
    const { phase } = this.current;
    if (phase === "submitting") this.reset();
    if (phase !== "watching" || !this.jobId) return true;
    try {
      this.environment.watch.learn(await this.environment.api.cancelJob(this.jobId));
      return true;
    } catch {
      return false;
    }
  }

  /** Forget the job; it goes on if it is running. */
  reset(): void {
    this.newTurn();
    this.record = null;
    this.environment.slot.write(null);
    this.show(IDLE);
  }

  private get now(): number {
    return this.environment.timers.now();
  }

  private get isBusy(): boolean {
    return this.current.phase === "submitting" || this.current.phase === "watching";
  }

  private get jobId(): string | null {
    return this.current.job?.id ?? this.record?.jobId ?? null;
  }

  private begin(record: SlotRecord): Promise<Job | null> {
    this.supersede();
    this.remember(record);
    const { api } = this.environment;
    return this.send(() => api.submitJob(record.request, record.key), (job) => ({ ...record, jobId: job.id }));
  }

  /** The job runs on; it was only lost sight of. */
  private watchOn(job: Job): Promise<Job | null> {
    this.show({ phase: "watching", job, error: null, connection: LIVE });
    this.follow(job.id, job);
    this.answer = Promise.resolve(job);
    return this.answer;
  }

  /** A new job out of an ended one. The key is the old job's: two clicks, or two tabs, make one. */
  private goOn(old: Job): Promise<Job | null> {
    const { api } = this.environment;
    const again = this.record;
    this.newTurn();
    const retried = () =>
      api.retryJob(old.id, `retry-of-${old.id}`).catch((thrown: unknown) => {
        if (asApiError(thrown).code !== GONE || !again) throw thrown;
        return api.submitJob(again.request, `again-${old.id}`);
      });
    return this.send(retried, (job) => again && { ...again, jobId: job.id, settled: false, at: this.now }, old);
  }

  /** `old` is the job to come back to where nothing comes of it. */
  private send(
    send: () => Promise<Job>,
    record: (job: Job) => SlotRecord | null,
    old: Job | null = null,
  ): Promise<Job | null> {
    const { signal } = this.turn;
    this.show({ ...IDLE, phase: "submitting" });
    const onConnection = (connection: Connection) => this.show({ ...this.current, connection });
    this.answer = sendUntilAnswered(send, this.environment, onConnection, signal).then(
      (job) => this.answered(job, record(job), signal),
      (thrown: unknown) => this.refused(asApiError(thrown), signal, old),
    );
    return this.answer;
  }

  private answered(job: Job, record: SlotRecord | null, signal: AbortSignal): Job | null {
    if (signal.aborted) {
      const isFollowed = job.id === this.jobId; // Another tab has sent the same, and was answered first.
      if (!isFollowed && !isFinal(job)) this.abandon(job.id);
      return null;
    }
    if (this.mayRemember(record)) this.remember(record);
    this.environment.watch.learn(job);
    this.show({ phase: "watching", job, error: null, connection: LIVE });
    if (this.onEnd) this.follow(job.id, job);
    return job;
  }

  /** Once nobody looks at this session, the slot may be another one's, which has taken up the same submission. */
  private mayRemember(record: SlotRecord | null): boolean {
    const kept = this.onEnd ? null : this.environment.slot.read();
    return this.onEnd !== null || (kept?.key === record?.key && kept?.jobId === null);
  }

  private refused(error: ApiError, signal: AbortSignal, old: Job | null): null {
    if (!signal.aborted) this.fail(old, error);
    return null;
  }

  private resume(kept: SlotRecord | null): void {
    const record = kept && this.now - kept.at < (kept.jobId ? JOB_LIVES_MS : SUBMISSION_LIVES_MS) ? kept : null;
    if (kept && !record) this.environment.slot.write(null);
    this.record = record;
    if (record?.jobId) {
      this.show({ ...IDLE, phase: "watching" });
      this.follow(record.jobId, null);
    } else if (record) {
      void this.begin(record);
    }
  }

  /** Another tab has started a job in this place. */
  private adopt(record: SlotRecord | null): void {
    if (!record?.jobId || record.settled || record.jobId === this.record?.jobId) return;
    this.newTurn();
    this.resume(record);
  }

  private follow(jobId: string, known: Job | null): void {
    this.leave();
    this.leave = this.environment.watch.watch(jobId, (sighting) => this.see(sighting), known);
  }

  private see({ job, connection, fault }: Sighting): void {
    if (fault) return this.fail(job, fault);
    const ended = job !== null && isFinal(job);
    this.show({ phase: ended ? "ended" : "watching", job, error: null, connection });
    if (ended) this.settle(job);
  }

  /** What there is still to come back to, a job that runs on or one that can be tried again, stays in the slot. */
  private fail(job: Job | null, error: ApiError): void {
    this.leave();
    const kept = error.code === GONE ? null : job;
    if (kept === null) this.environment.slot.write(null);
    this.show({ phase: "ended", job: kept, error, connection: LIVE });
    this.tell({ error });
  }

  /** After everything else: what the page does with it, or throws, is its own affair. */
  private tell(end: End): void {
    const onEnd = this.onEnd;
    if (onEnd) queueMicrotask(() => onEnd(end));
  }

  /** The callback fires once for a job, also over reloads: what is settled stays so in the slot. */
  private settle(job: Job): void {
    this.leave();
    const told = this.record?.settled ?? false;
    if (this.record) this.record = { ...this.record, settled: true };
    this.environment.slot.write(job.status === "failed" ? this.record : null);
    if (!told && (job.status === "completed" || job.status === "failed")) this.tell({ job });
  }

  private supersede(): void {
    const { phase } = this.current;
    this.newTurn();
    if (phase === "watching" && this.jobId) this.abandon(this.jobId);
  }

  private abandon(jobId: string): void {
    void this.environment.api.cancelJob(jobId).catch(() => undefined);
  }

  private newTurn(): void {
    this.turn.abort();
    this.turn = new AbortController();
    this.leave();
    this.leave = () => undefined;
  }

  private remember(record: SlotRecord | null): void {
    this.record = record;
    this.environment.slot.write(record);
  }

  private show(state: SessionState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener();
  }
}

function sameRequest(one: JobRequest | undefined, other: JobRequest): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
