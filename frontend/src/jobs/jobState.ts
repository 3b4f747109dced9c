/** What the state of a job means. */

import type { CompletedJob, Delivery, Job } from "../api/wire";
import { isMissing } from "./warning";

export function isFinal(job: Job): boolean {
  return job.status !== "pending" && job.status !== "processing";
}

/** Whether `POST /jobs/{id}/retry` makes sense: the job is incomplete. */
export function canRetry(job: Job): boolean {
  return job.status === "failed" || job.status === "cancelled" || isPartial(job);
}

/** Whether the job is completed, but with pieces missing. */
export function isPartial<D extends Delivery>(job: Job<D>): job is CompletedJob<D> {
  return job.status === "completed" && job.warnings.some(isMissing);
}

/** The newer of two versions of a job, so that a late answer never takes the job back. */
export function newer(known: Job | null, seen: Job): Job {
  return known?.id === seen.id && known.revision > seen.revision ? known : seen;
}
