"use client";

import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Job, JobRequest, JobResult, JobTypeName } from "../api/wire.js";
import { openSession, type JobSession } from "../core/jobSession.js";
import { viewOf, type JobView } from "../core/jobView.js";
import { IDLE, type End } from "../core/sessionState.js";
import { useJobsClient } from "./useJobsClient.js";
import { useLatest } from "./useLatest.js";

export interface JobPollingOptions<T extends JobTypeName = JobTypeName> {
  /** The type of all jobs of this hook. It decides the types of the payload and of the result. */
  type?: T | undefined;
  /** A name under which the job is stored, so that a reload or another tab resumes it. */
  slot?: string | undefined;
}

export interface JobPolling<T extends JobTypeName = JobTypeName> extends JobView<T> {
  /** Never rejects: a refusal sets `isFailed` and `error`, and resolves to null. */
  submit: (request: JobRequest<T>) => Promise<Job<T> | null>;
  /** Resolves to false if the call failed. Never rejects. */
  cancel: () => Promise<boolean>;
  /** Continues from what the failed job has finished, or submits again if no job was accepted. Never rejects. */
  retry: () => Promise<Job<T> | null>;
  /** Forget the job. If it is running, it continues. */
  reset: () => void;
}

/**
 * Submit a job and follow it to its end.
 *
 * Calls `onSuccess` with the result or `onError` with a sentence, once for each job; with a `slot`, once across reloads.
 * It runs one job at a time: a newer submission supersedes the older one, and the same request again gives the same job.
 */
export function useJobPolling<T extends JobTypeName = JobTypeName>(
  onSuccess?: (result: JobResult<T>, job: Job<T>) => void,
  onError?: (error: string) => void,
  { slot }: JobPollingOptions<T> = {},
): JobPolling<T> {
  const client = useJobsClient();
  const session = useMemo(() => openSession(client, slot), [client, slot]);
  const report = useLatest((end: End) => {
    if ("error" in end) onError?.(end.error.message);
    else if (end.job.status === "failed") onError?.(end.job.error);
    else onSuccess?.(end.job.result as JobResult<T>, end.job as Job<T>);
  });
  useEffect(() => session.start((end) => report.current(end)), [session, report]);
  const state = useSyncExternalStore(
    session.view.subscribe,
    () => session.view.current,
    () => IDLE,
  );
  const actions = useMemo(() => actionsOf<T>(session), [session]);
  return { ...viewOf<T>(state), ...actions };
}

function actionsOf<T extends JobTypeName>(session: JobSession) {
  return {
    submit: (request: JobRequest<T>) => session.submit(request) as Promise<Job<T> | null>,
    cancel: () => session.cancel(),
    retry: () => session.retry() as Promise<Job<T> | null>,
    reset: () => session.reset(),
  };
}
