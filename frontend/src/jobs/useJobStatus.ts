import { useEffect, useState } from "react";
import type { Job, JobType } from "../api/wire";
import { jobKey } from "./client";
import { LIVE } from "./connection";
import { isFinal } from "./jobState";
import type { SessionState } from "./sessionState";
import { useJobsClient } from "./JobsProvider";
import type { Sighting } from "./pollJob";
import { viewOf, type JobView } from "./useJobPolling";

/** Follow a job by its id; null follows none. However many components follow a job, it is polled once. */
export function useJobStatus<T extends JobType = JobType>(
  jobId: string | null,
  { enabled = true }: { enabled?: boolean } = {},
): JobView<T> {
  const { watch, queryClient } = useJobsClient();
  const [seen, setSeen] = useState<{ jobId: string; sighting: Sighting } | null>(null);
  useEffect(() => {
    if (jobId === null || !enabled) return;
    const known = queryClient.getQueryData<Job>(jobKey(jobId)) ?? null;
    return watch.watch(jobId, (sighting) => setSeen({ jobId, sighting }), known);
  }, [watch, queryClient, jobId, enabled]);
  const current = seen?.jobId === jobId ? seen.sighting : null;
  return viewOf<T>(stateOf(current, jobId !== null && enabled));
}

function stateOf(sighting: Sighting | null, follows: boolean): SessionState {
  const { job, connection, fault } = sighting ?? { job: null, connection: LIVE, fault: null };
  const ended = fault !== null || (job !== null && isFinal(job));
  return { phase: ended ? "ended" : follows ? "watching" : "idle", job, error: fault, connection };
}
