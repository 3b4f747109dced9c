/** What a component shows of a job that is being followed. */

import type { Job, JobTypeName } from "../api/wire.js";
import type { Connection } from "./connection.js";
import { isPartial } from "./jobState.js";
import { GONE, type SessionState } from "./sessionState.js";

/** The state of a job that is being followed. */
export interface JobView<T extends JobTypeName = JobTypeName> {
  job: Job<T> | undefined;
  /** From the submission until the job has ended. */
  isPolling: boolean;
  isCompleted: boolean;
  /** The job failed, could not be submitted, or no longer exists. */
  isFailed: boolean;
  isCancelled: boolean;
  /** Completed, but with pieces missing; `retry` writes those. */
  isPartial: boolean;
  /** What went wrong and what to do, as sentences; null if nothing did. */
  error: string | null;
  connection: Connection;
}

/** The API cannot tell an expired job from one that never existed. The page once had its id, so it has expired. */
const NO_LONGER_KEPT = "This job is no longer kept: jobs are deleted after a day. Submit it again.";

export function viewOf<T extends JobTypeName>({ phase, job, error, connection }: SessionState): JobView<T> {
  return {
    job: (job ?? undefined) as Job<T> | undefined,
    isPolling: phase === "submitting" || phase === "watching",
    isCompleted: job?.status === "completed" && phase === "ended",
    isFailed: error !== null || (job?.status === "failed" && phase === "ended"),
    isCancelled: job?.status === "cancelled",
    isPartial: job !== null && isPartial(job),
    error: (error?.code === GONE ? NO_LONGER_KEPT : error?.message) ?? job?.error ?? null,
    connection,
  };
}
