import { useEffect, useState } from "react";
import type { Delivery, Job } from "../api/wire";
import { jobKey } from "./client";
import { LIVE } from "./connection";
import { isFinal } from "./jobState";
import type { SessionState } from "./sessionState";
import { useJobsClient } from "./JobsProvider";
import type { JobUpdate } from "./pollJob";
import { viewOf, type JobView } from "./useJobPolling";

/** Follow a job by its id; with null, follow no job. A job is polled once, however many components follow it. */
export function useJobStatus<D extends Delivery = Delivery>(
  jobId: string | null,
  { enabled = true }: { enabled?: boolean } = {},
): JobView<D> {
  const { watch, queryClient } = useJobsClient();
  const [seen, setSeen] = useState<{ jobId: string; update: JobUpdate } | null>(null);
  useEffect(() => {
    if (jobId === null || !enabled) return;
    const known = queryClient.getQueryData<Job>(jobKey(jobId)) ?? null;
    return watch.watch(jobId, (update) => setSeen({ jobId, update }), known);
  }, [watch, queryClient, jobId, enabled]);
  const current = seen?.jobId === jobId ? seen.update : null;
  return viewOf<D>(stateOf(current, jobId !== null && enabled));
}

function stateOf(update: JobUpdate | null, follows: boolean): SessionState {
  const { job, connection, fault } = update ?? { job: null, connection: LIVE, fault: null };
  const ended = fault !== null || (job !== null && isFinal(job));
  return { phase: ended ? "ended" : follows ? "watching" : "idle", job, error: fault, connection };
}
