/** What the hooks of a page share: the API, the watch over running jobs, and the slots. */

import { QueryClient } from "@tanstack/react-query";
import type { Api } from "../api/client";
import { readAgain } from "../api/readAgain";
import { browserStorage } from "./browserStorage";
import { isFinal } from "./jobState";
import { JobWatch } from "./jobWatch";
import { browserPresence, type Presence } from "./presence";
import { memorySlot, storageSlots, type Slot } from "./slot";
import { browserTimers, type Timers } from "./timers";
import type { Job } from "../api/wire";

export interface JobsClient {
  api: Api;
  watch: JobWatch;
  queryClient: QueryClient;
  timers: Timers;
  presence: Presence;
  random: () => number;
  /** The slot with this name. A slot without a name is forgotten when the page closes. */
  slot: (name: string | undefined) => Slot;
}

export interface JobsClientOptions {
  api: Api;
  queryClient?: QueryClient;
  timers?: Timers;
  presence?: Presence;
  random?: () => number;
  storage?: Storage;
  /** Milliseconds between two polls if the API does not hold answers back. */
  intervalMs?: number;
  /** Seconds an answer may be held back; 0 for plain polling. */
  longPollS?: number;
}

export function jobKey(jobId: string): readonly ["job", string] {
  return ["job", jobId];
}

/** The key of every list of jobs. */
export const JOBS_KEY = ["jobs"] as const;

export function createJobsClient(options: JobsClientOptions): JobsClient {
  const { api, timers = browserTimers, random = Math.random, queryClient = new QueryClient() } = options;
  const presence = options.presence ?? browserPresence(window);
  const polling = {
    ...(options.intervalMs === undefined ? {} : { intervalMs: options.intervalMs }),
    ...(options.longPollS === undefined ? {} : { longPollS: options.longPollS }),
  };
  const environment = { readJob: api.readJob, timers, presence, random };
  const watch = new JobWatch(environment, polling, (job) => share(queryClient, job));
  const storage = options.storage ?? browserStorage(window);
  const named = storageSlots(storage, window, timers.now());
  const slot = (name: string | undefined) => (name === undefined ? memorySlot() : named(name));
  return { api, watch, queryClient, timers, presence, random, slot };
}

/** Shares the job with every component. If it has ended, the lists of jobs are read again. */
function share(queryClient: QueryClient, job: Job): void {
  queryClient.setQueryData(jobKey(job.id), job);
  if (isFinal(job)) void readAgain(queryClient, JOBS_KEY);
}
