"use client";

import { useEffect, useState } from "react";
import type { Job, JobTypeName } from "../api/wire.js";
import { LIVE } from "../core/connection.js";
import { isFinal } from "../core/jobState.js";
import type { SessionState } from "../core/sessionState.js";
import { viewOf, type JobView } from "../core/jobView.js";
import { watchOf } from "../core/jobWatch.js";
import type { JobUpdate } from "../core/pollJob.js";
import { useJobsClient } from "./useJobsClient.js";

/** Follow a job by its id; with null, follow no job. A job is polled once, however many components follow it. */
export function useJobStatus<T extends JobTypeName = JobTypeName>(
  jobId: string | null,
  { enabled = true }: { enabled?: boolean | undefined } = {},
): JobView<T> {
  const client = useJobsClient();
  const [seen, setSeen] = useState<{ jobId: string; update: JobUpdate } | null>(null);
  useEffect(() => {
    if (jobId === null || !enabled) return;
    const known = client.queryClient.getQueryData<Job>(client.queryKeys.job(jobId)) ?? null;
    return watchOf(client).watch(jobId, (update) => setSeen({ jobId, update }), known);
  }, [client, jobId, enabled]);
  const current = seen?.jobId === jobId ? seen.update : null;
  return viewOf<T>(stateOf(current, jobId !== null && enabled));
}

function stateOf(update: JobUpdate | null, follows: boolean): SessionState {
  const { job, connection, fault } = update ?? { job: null, connection: LIVE, fault: null };
  const ended = fault !== null || (job !== null && isFinal(job));
  return { phase: ended ? "ended" : follows ? "watching" : "idle", job, error: fault, connection };
}
