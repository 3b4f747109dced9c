/** One job of a session, from its submission to its end. A superseded run shows and reports nothing. */

import { asApiError, type ApiError } from "../api/error.js";
import type { Job } from "../api/wire.js";
import { LIVE, type Connection } from "./connection.js";
import { isFinal } from "./jobState.js";
import type { JobUpdate } from "./pollJob.js";
import { abandon, GONE, IDLE, isAccepted, jobIdOf, type End, type SessionContext } from "./sessionState.js";
import type { SlotRecord } from "./slot.js";
import { sendUntilAnswered } from "./submission.js";

export class JobRun {
  private readonly superseded = new AbortController();
  private leaveWatch: () => void = () => undefined;
  private submission: Promise<Job | null> = Promise.resolve(null);

  private readonly context: SessionContext;

  constructor(context: SessionContext) {
    this.context = context;
  }

  /** The accepted job; null if the submission was refused or superseded. */
  get answer(): Promise<Job | null> {
    return this.submission;
  }

  /** Make a job with `make`, and follow it. If the API refuses, show `old` again. */
  send(make: () => Promise<Job>, record: (job: Job) => SlotRecord | null, old: Job | null = null): Promise<Job | null> {
    const { environment, view } = this.context;
    view.set({ ...IDLE, phase: "submitting" });
    const onConnection = (connection: Connection) => view.set({ ...view.current, connection });
    this.submission = sendUntilAnswered(make, environment, onConnection, this.superseded.signal).then(
      (job) => this.answered(job, record(job)),
      (thrown: unknown) => this.refused(asApiError(thrown), old),
    );
    return this.submission;
  }

  /** Follow a running job again after the page lost track of it. `known` is its last known state. */
  watchOn(jobId: string, known: Job | null): Promise<Job | null> {
    this.context.view.set({ phase: "watching", job: known, error: null, connection: LIVE });
    this.follow(jobId, known);
    this.submission = Promise.resolve(known);
    return this.submission;
  }

  follow(jobId: string, known: Job | null): void {
    this.leave();
    this.leaveWatch = this.context.environment.watch.watch(jobId, (update) => this.see(update), known);
  }

  /** Stop watching. The job continues, and so does a submission. */
  leave(): void {
    this.leaveWatch();
    this.leaveWatch = () => undefined;
  }

  supersede(): void {
    this.superseded.abort();
    this.leave();
  }

  private answered(job: Job, record: SlotRecord | null): Job | null {
    const { context } = this;
    if (this.superseded.signal.aborted) {
      const isFollowed = job.id === jobIdOf(context); // Another tab sent the same request, and was answered first.
      if (!isFollowed && !isFinal(job)) abandon(context, job.id);
      return null;
    }
    if (context.onEnd || context.memory.isWaitingFor(record)) context.memory.remember(record);
    context.environment.watch.learn(job);
    context.view.set({ phase: "watching", job, error: null, connection: LIVE });
    if (context.onEnd) this.follow(job.id, job);
    return job;
  }

  private refused(error: ApiError, old: Job | null): null {
    if (!this.superseded.signal.aborted) this.fail(old, error);
    return null;
  }

  private see({ job, connection, fault }: JobUpdate): void {
    if (fault) return this.fail(job, fault);
    const ended = job !== null && isFinal(job);
    this.context.view.set({ phase: ended ? "ended" : "watching", job, error: null, connection });
    if (!ended) return;
    this.leave();
    const isFirstReport = this.context.memory.settle(job);
    if (isFirstReport && (job.status === "completed" || job.status === "failed")) this.report({ job });
  }

  /** A job that is still running, or that can be retried, stays in the slot, although it may not have been read yet. */
  private fail(job: Job | null, error: ApiError): void {
    this.leave();
    const kept = error.code === GONE ? null : job;
    const exists = kept !== null || isAccepted(this.context.memory.record, error);
    if (!exists) this.context.memory.emptySlot();
    this.context.view.set({ phase: "ended", job: kept, error, connection: LIVE });
    this.report({ error });
  }

  /** Calls `onEnd` in a microtask, so that an error in the page's callback does not disturb the session. */
  private report(end: End): void {
    const { onEnd } = this.context;
    if (onEnd) queueMicrotask(() => onEnd(end));
  }
}
