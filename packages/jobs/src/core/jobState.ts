/** What the state of a job means. */

import type { CompletedJob, Job, JobTypeName } from "../api/wire.js";
import { isMissing } from "./warning.js";

export function isFinal(job: Job): boolean {
  return job.status !== "pending" && job.status !== "processing";
}

/** Whether `POST /jobs/{id}/retry` makes sense: the job is incomplete. */
export function canRetry(job: Job): boolean {
  return job.status === "failed" || job.status === "cancelled" || isPartial(job);
}

/** Whether the job is completed, but with pieces missing. */
export function isPartial<T extends JobTypeName>(job: Job<T>): job is CompletedJob<T> {
  return job.status === "completed" && job.warnings.some(isMissing);
}

/** The newer of two versions of a job, so that a late answer never takes the job back. */
export function newer(known: Job | null, seen: Job): Job {
  return known?.id === seen.id && known.revision > seen.revision ? known : seen;
}
