/** Questions that are asked of a job. */

import type { Job, JobType, CompletedJob } from "../api/wire";
import { isMissing } from "./warning";

export function isFinal(job: Job): boolean {
  return job.status !== "pending" && job.status !== "processing";
}

/** Whether `POST /jobs/{id}/retry` has something to do. */
export function canRetry(job: Job): boolean {
  return job.status === "failed" || job.status === "cancelled" || isPartial(job);
}

/** Completed, with pieces missing. */
export function isPartial<T extends JobType>(job: Job<T>): job is CompletedJob<T> {
  return job.status === "completed" && job.warnings.some(isMissing);
}

/** The newer of two looks at the same job: a late answer never takes a job back. */
export function newer(known: Job | null, seen: Job): Job {
  return known?.id === seen.id && known.revision > seen.revision ? known : seen;
}
