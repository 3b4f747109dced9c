/**
 * A session runs one job at a time: it submits, follows, cancels and retries it, and resumes it after a reload. It does
 * not depend on React.
 *
 * A newer submission supersedes the older one: the older answers are never shown, and the older job is cancelled.
 */

import { asApiError } from "../api/error.js";
import type { Job, JobRequest } from "../api/wire.js";
import { newIdempotencyKey } from "./idempotencyKey.js";
import { JobRun } from "./jobRun.js";
import type { ConnectedClient } from "./jobsClient.js";
import { canRetry, isFinal } from "./jobState.js";
import { watchOf } from "./jobWatch.js";
import { Observable } from "./observable.js";
import { SessionMemory } from "./sessionMemory.js";
import {
  abandon,
  GONE,
  IDLE,
  isAccepted,
  isBusy,
  jobIdOf,
  type End,
  type SessionContext,
  type SessionEnvironment,
  type SessionState,
} from "./sessionState.js";
import { slotOf, type SlotRecord } from "./slot.js";

export class JobSession {
  readonly view = new Observable<SessionState>(IDLE);
  private readonly environment: SessionEnvironment;
  private readonly context: SessionContext;
  private run: JobRun;

  constructor(environment: SessionEnvironment) {
    this.environment = environment;
    this.context = { environment, view: this.view, memory: new SessionMemory(environment.slot), onEnd: null };
    this.run = new JobRun(this.context);
  }

  /** Resume the job in the slot, and follow it until the returned function is called. */
  start(onEnd: (end: End) => void): () => void {
    const { context, view } = this;
    context.onEnd = onEnd;
    const unsubscribe = context.memory.subscribe((record) => this.adopt(record));
    const jobId = jobIdOf(context);
    if (view.current.phase === "idle") this.resume(context.memory.read());
    else if (view.current.phase === "watching" && jobId) this.run.follow(jobId, view.current.job);
    return () => {
      context.onEnd = null;
      unsubscribe();
      this.run.leave();
    };
  }

  /** Never rejects: a refusal sets `error` and resolves to null. The same request twice makes one job. */
  submit(request: JobRequest): Promise<Job | null> {
    if (isBusy(this.view.current) && sameRequest(this.context.memory.record?.request, request)) return this.run.answer;
    return this.begin(newRecord(request, newIdempotencyKey(), this.environment.timers.now()));
  }

  /** Retry, if possible from where the job stopped. Never rejects. */
  retry(): Promise<Job | null> {
    const { job, error } = this.view.current;
    const { record } = this.context.memory;
    if (isBusy(this.view.current)) return this.run.answer;
    if (job && !isFinal(job)) return this.run.watchOn(job.id, job);
    if (job && canRetry(job)) return this.continueFrom(job, record);
    if (record === null) return Promise.resolve(null);
    if (isAccepted(record, error)) return this.run.watchOn(record.jobId, null);
    const key = error?.isTransient ? record.key : newIdempotencyKey();
    return this.begin(newRecord(record.request, key, this.environment.timers.now()));
  }

  /** Follow a job that was made elsewhere as the retry of this session's job. */
  takeOver(job: Job): void {
    const { record } = this.context.memory;
    this.newRun();
    if (record) this.context.memory.remember({ ...record, jobId: job.id, settled: false, at: this.environment.timers.now() });
    void this.run.watchOn(job.id, job);
  }

  /** Cancel the job, or the submission in progress. Never rejects; resolves to false if the call failed. */
  async cancel(): Promise<boolean> {
    const { phase } = this.view.current;
    const jobId = jobIdOf(this.context);
    if (phase === "submitting") this.reset();
    if (phase !== "watching" || !jobId) return true;
    try {
      this.environment.watch.learn(await this.environment.api.cancelJob(jobId));
      return true;
    } catch {
      return false;
    }
  }

  /** Forget the job. If it is running, it continues. */
  reset(): void {
    this.newRun();
    this.context.memory.remember(null);
    this.view.set(IDLE);
  }

  private begin(record: SlotRecord): Promise<Job | null> {
    const superseded = this.view.current.phase === "watching" ? jobIdOf(this.context) : null;
    const run = this.newRun();
    if (superseded) abandon(this.context, superseded);
    this.context.memory.remember(record);
    const make = () => this.environment.api.submitJob(record.request, record.key);
    return run.send(make, (job) => ({ ...record, jobId: job.id }));
  }

  /** Make a new job that continues an ended one. The key comes from the old job, so that two clicks or two tabs make one job. */
  private continueFrom(old: Job, record: SlotRecord | null): Promise<Job | null> {
    const { api, timers } = this.environment;
    const retried = () =>
      api.retryJob(old.id, `retry-of-${old.id}`).catch((thrown: unknown) => {
        if (asApiError(thrown).code !== GONE || !record) throw thrown;
        return api.submitJob(record.request, `again-${old.id}`);
      });
    const recordOf = (job: Job) => record && { ...record, jobId: job.id, settled: false, at: timers.now() };
    return this.newRun().send(retried, recordOf, old);
  }

  private resume(found: SlotRecord | null): void {
    const record = this.context.memory.adopt(found, this.environment.timers.now());
    if (record?.jobId) {
      this.view.set({ ...IDLE, phase: "watching" });
      this.run.follow(record.jobId, null);
    } else if (record) {
      void this.begin(record);
    }
  }

  /** Take over the job that another component or tab started in this slot. */
  private adopt(record: SlotRecord | null): void {
    if (!record?.jobId || record.settled || record.jobId === this.context.memory.record?.jobId) return;
    this.newRun();
    this.resume(record);
  }

  private newRun(): JobRun {
    this.run.supersede();
    this.run = new JobRun(this.context);
    return this.run;
  }
}

/** A new session of this client. Without the name of a slot, its job is forgotten when the page closes. */
export function openSession(client: ConnectedClient, slot?: string): JobSession {
  return new JobSession({ ...client, watch: watchOf(client), slot: slotOf(client, slot) });
}

function newRecord(request: JobRequest, key: string, at: number): SlotRecord {
  return { request, key, jobId: null, settled: false, at };
}

function sameRequest(one: JobRequest | undefined, other: JobRequest): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
