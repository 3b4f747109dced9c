/**
 * What the hooks of an application share, as plain values. `createJobsClient` touches neither the network nor the
 * browser, so it may be called while a module is loaded, and on a server.
 */

import type { QueryClient } from "@tanstack/react-query";
import { createApi, type Api } from "../api/api.js";
import type { ApiOptions } from "../api/transport.js";
import type { Job } from "../api/wire.js";
import { browserStorage } from "./browserStorage.js";
import { isFinal } from "./jobState.js";
import type { WatchOptions } from "./jobWatch.js";
import { browserPresence, type Presence } from "./presence.js";
import { queryKeys, type QueryKeys } from "./queryKeys.js";
import { readAgain } from "./readAgain.js";
import { lazySlot, memorySlot, storageSlots, type Slot } from "./slot.js";
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
  /** The slot with this name. A slot without a name is forgotten when the page closes. */
  slot: (name: string | undefined) => Slot;
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
    slot: slotsOf(options),
    timers: options.timers ?? browserTimers,
    presence: options.presence ?? browserPresence,
    random: options.random ?? Math.random,
    polling: { intervalMs: options.intervalMs, longPollS: options.longPollS },
  };
}

/** The slots. The storage is opened when the first named slot is used, which no server does. */
function slotsOf({ storage, storagePrefix = "loresmith.", timers = browserTimers }: JobsClientOptions): JobsClient["slot"] {
  let named: ((name: string) => Slot) | undefined;
  const open = () => (named ??= storageSlots(storage ?? browserStorage(), storagePrefix, timers.now()));
  return (name) => (name === undefined ? memorySlot() : lazySlot(() => open()(name)));
}

/** Shares the job with every component. If it has ended, the lists of jobs are read again. */
export function shareJob({ queryClient, queryKeys }: ConnectedClient, job: Job): void {
  queryClient.setQueryData(queryKeys.job(job.id), job);
  if (isFinal(job)) void readAgain(queryClient, queryKeys.jobs);
}
