import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApiError } from "../api/error";
import type { Job, JobRequest } from "../api/wire";
import type { JobsClient } from "./client";
import { newIdempotencyKey } from "./idempotencyKey";
import { useJobsClient } from "./JobsProvider";
import { sendUntilAnswered } from "./submission";

/** Submit a job and get the accepted job. To follow it, use `useJobStatus`. */
export function useSubmitJob() {
  const client = useJobsClient();
  const submit = useMemo(() => submitOnce(client), [client]);
  return useMutation<Job, ApiError, JobRequest>({ mutationFn: submit });
}

/** While a request is in progress, the same request again joins it, so that a double click makes one job. */
function submitOnce(client: JobsClient): (request: JobRequest) => Promise<Job> {
  const inProgress = new Map<string, Promise<Job>>();
  return (request) => {
    const text = JSON.stringify(request);
    const found = inProgress.get(text);
    if (found) return found;
    const answer = send(client, request).finally(() => inProgress.delete(text));
    inProgress.set(text, answer);
    return answer;
  };
}

async function send(client: JobsClient, request: JobRequest): Promise<Job> {
  const key = newIdempotencyKey();
  const never = new AbortController().signal;
  const job = await sendUntilAnswered(() => client.api.submitJob(request, key), client, () => undefined, never);
  client.watch.learn(job);
  return job;
}
