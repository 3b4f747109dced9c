import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";
import type { Delivery, Job, JobRequest, JobResult } from "../api/wire";
import type { Connection } from "./connection";
import { isPartial } from "./jobState";
import { JobSession } from "./jobSession";
import { useJobsClient } from "./JobsProvider";
import { GONE, type End, type SessionState } from "./sessionState";

export interface JobPollingOptions {
  /** A name under which the job is stored, so that a reload or another tab resumes it. */
  slot?: string;
}

/** The state of a job that is being followed. */
export interface JobView<D extends Delivery = Delivery> {
  job: Job<D> | undefined;
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

export interface JobPolling<D extends Delivery = Delivery> extends JobView<D> {
  /** Never rejects: a refusal sets `isFailed` and `error`, and resolves to null. */
  submit: (request: JobRequest<D>) => Promise<Job<D> | null>;
  /** Resolves to false if the call failed. Never rejects. */
  cancel: () => Promise<boolean>;
  /** Continues from what the failed job has finished, or submits again if no job was accepted. Never rejects. */
  retry: () => Promise<Job<D> | null>;
  /** Forget the job. If it is running, it continues. */
  reset: () => void;
}

/**
 * Submit a job and follow it to its end.
 *
 * Calls `onSuccess` with the result or `onError` with a sentence, once for each job; with a `slot`, once across reloads.
 * It runs one job at a time: a newer submission supersedes the older one, and the same request again gives the same job.
 */
export function useJobPolling<D extends Delivery = Delivery>(
  onSuccess?: (result: JobResult<D>, job: Job<D>) => void,
  onError?: (error: string) => void,
  { slot }: JobPollingOptions = {},
): JobPolling<D> {
  const client = useJobsClient();
  const session = useMemo(() => new JobSession({ ...client, slot: client.slot(slot) }), [client, slot]);
  const report = useEffectEvent((end: End) => {
    if ("error" in end) onError?.(end.error.message);
    else if (end.job.status === "failed") onError?.(end.job.error);
    else onSuccess?.(end.job.result as JobResult<D>, end.job as Job<D>);
  });
  useEffect(() => session.start((end) => report(end)), [session]);
  const state = useSyncExternalStore(session.view.subscribe, () => session.view.current);
  const actions = useMemo(() => actionsOf<D>(session), [session]);
  return { ...viewOf<D>(state), ...actions };
}

function actionsOf<D extends Delivery>(session: JobSession) {
  return {
    submit: (request: JobRequest) => session.submit(request) as Promise<Job<D> | null>,
    cancel: () => session.cancel(),
    retry: () => session.retry() as Promise<Job<D> | null>,
    reset: () => session.reset(),
  };
}

/** The API cannot tell an expired job from one that never existed. The page once had its id, so it has expired. */
const NO_LONGER_KEPT = "This job is no longer kept: jobs are deleted after a day. Submit it again.";

export function viewOf<D extends Delivery>({ phase, job, error, connection }: SessionState): JobView<D> {
  return {
    job: (job ?? undefined) as Job<D> | undefined,
    isPolling: phase === "submitting" || phase === "watching",
    isCompleted: job?.status === "completed" && phase === "ended",
    isFailed: error !== null || (job?.status === "failed" && phase === "ended"),
    isCancelled: job?.status === "cancelled",
    isPartial: job !== null && isPartial(job),
    error: (error?.code === GONE ? NO_LONGER_KEPT : error?.message) ?? job?.error ?? null,
    connection,
  };
}
