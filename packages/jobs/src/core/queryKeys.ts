/** The keys of the TanStack Query cache. */

import type { JobRequest } from "../api/wire.js";

export interface QueryKeys {
  /** Of one job. */
  job: (jobId: string) => readonly [string, "job", string];
  /** Of every list of jobs. */
  jobs: readonly [string, "jobs"];
  /** Of an estimate. */
  estimate: (request: JobRequest | null) => readonly [string, "estimate", JobRequest | null];
}

export function queryKeys(prefix = "loresmith"): QueryKeys {
  return {
    job: (jobId) => [prefix, "job", jobId],
    jobs: [prefix, "jobs"],
    estimate: (request) => [prefix, "estimate", request],
  };
}
