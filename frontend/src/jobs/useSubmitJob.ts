import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApiError } from "../api/error";
import type { Job, JobRequest } from "../api/wire";
import type { JobsClient } from "./client";
import { newIdempotencyKey } from "./idempotencyKey";
import { useJobsClient } from "./JobsProvider";
import { sendUntilAnswered } from "./submission";

/** Submit a job and get it as accepted; following it is up to the caller (`useJobStatus`). */
export function useSubmitJob() {
  const client = useJobsClient();
  const submit = useMemo(() => submitOnce(client), [client]);
  return useMutation<Job, ApiError, JobRequest>({ mutationFn: submit });
}

/** While a request is under way, the same request is the same submission: a double click makes one job. */
function submitOnce(client: JobsClient): (request: JobRequest) => Promise<Job> {
  const underWay = new Map<string, Promise<Job>>();
  return (request) => {
    const text = JSON.stringify(request);
    const found = underWay.get(text);
    if (found) return found;
    const answer = send(client, request).finally(() => underWay.delete(text));
    underWay.set(text, answer);
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
