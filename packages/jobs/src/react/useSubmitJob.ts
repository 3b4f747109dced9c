"use client";

import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApiError } from "../api/error.js";
import type { Job, JobRequest, JobTypeName } from "../api/wire.js";
import { shareJob, type ConnectedClient } from "../core/jobsClient.js";
import { newIdempotencyKey } from "../core/idempotencyKey.js";
import { sendUntilAnswered } from "../core/submission.js";
import { useJobsClient } from "./useJobsClient.js";

/** Submit a job and get the accepted job. To follow it, use `useJobStatus`. */
export function useSubmitJob<T extends JobTypeName = JobTypeName>() {
  const client = useJobsClient();
  const submit = useMemo(() => submitOnce<T>(client), [client]);
  // It has its own retries, all with one key. Those of TanStack Query would each have another, and so make another job.
  return useMutation<Job<T>, ApiError, JobRequest<T>>({ mutationFn: submit, retry: false }, client.queryClient);
}

/** While a request is in progress, the same request again joins it, so that a double click makes one job. */
function submitOnce<T extends JobTypeName>(client: ConnectedClient): (request: JobRequest<T>) => Promise<Job<T>> {
  const inProgress = new Map<string, Promise<Job<T>>>();
  return (request) => {
    const text = JSON.stringify(request);
    const found = inProgress.get(text);
    if (found) return found;
    const answer = (send(client, request) as Promise<Job<T>>).finally(() => inProgress.delete(text));
    inProgress.set(text, answer);
    return answer;
  };
}

async function send(client: ConnectedClient, request: JobRequest): Promise<Job> {
  const key = newIdempotencyKey();
  const never = new AbortController().signal;
  const job = await sendUntilAnswered(() => client.api.submitJob(request, key), client, () => undefined, never);
  shareJob(client, job);
  return job;
}
