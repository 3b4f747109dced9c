/**
 * What the hooks of an application share, as plain values. `createJobsClient` touches neither the network nor the
 * browser, so it may be called while a module is loaded, and on a server.
 */

import type { QueryClient } from "@tanstack/react-query";
import { createApi, type Api } from "../api/api.js";
import type { ApiOptions } from "../api/transport.js";
import type { Job } from "../api/wire.js";
import { isFinal } from "./jobState.js";
import type { WatchOptions } from "./jobWatch.js";
import { browserPresence, type Presence } from "./presence.js";
import { queryKeys, type QueryKeys } from "./queryKeys.js";
import { readAgain } from "./readAgain.js";
import type { SlotPlace } from "./slot.js";
import { browserTimers, type Timers } from "./timers.js";

export interface JobsClientOptions extends ApiOptions, WatchOptions {
  /** What the query keys start with. The default is "loresmith". */
  queryKeyPrefix?: string | undefined;
  /** What the keys in the storage start with. The default is "loresmith.". Give each user of a shared browser their own. */
  storagePrefix?: string | undefined;
  /** Where named slots keep their jobs. The default is the browser's local storage. */
  storage?: Storage | undefined;
  timers?: Timers | undefined;
  presence?: Presence | undefined;
  /** 0 to 1. */
  random?: (() => number) | undefined;
}

export interface JobsClient {
  api: Api;
  queryKeys: QueryKeys;
  /** Where `slotOf` finds its slots. */
  place: SlotPlace;
  timers: Timers;
  presence: Presence;
  random: () => number;
  polling: WatchOptions;
}

/** A client with the TanStack Query client that its jobs are shared through. */
export interface ConnectedClient extends JobsClient {
  queryClient: QueryClient;
}

export function createJobsClient(options: JobsClientOptions = {}): JobsClient {
  return {
    api: createApi(options),
    queryKeys: queryKeys(options.queryKeyPrefix),
    place: { prefix: options.storagePrefix ?? "loresmith.", storage: options.storage },
    timers: options.timers ?? browserTimers,
    presence: options.presence ?? browserPresence,
    random: options.random ?? Math.random,
    polling: { intervalMs: options.intervalMs, longPollS: options.longPollS },
  };
}

/** Shares the job with every component. If it has ended, the lists of jobs are read again. */
export function shareJob({ queryClient, queryKeys }: ConnectedClient, job: Job): void {
  queryClient.setQueryData(queryKeys.job(job.id), job);
  if (isFinal(job)) void readAgain(queryClient, queryKeys.jobs);
}
