/** The API's endpoints as functions. */

import { query } from "./query.js";
import { exchange, retryAfterS, type Answer, type ApiOptions, type Call } from "./transport.js";
import type { Estimate, Job, JobPage, JobRequest, JobTypeInfo } from "./wire.js";

/** The answer to one request for a job. */
export interface JobReading {
  /** null if the job is still at the revision that the caller knows. */
  job: Job | null;
  /** Whether the API held the answer back until the job changed (`Preference-Applied`). */
  waited: boolean;
  /** Seconds until the next call that the API asks for; null if it does not say. */
  retryAfterS: number | null;
}

export interface ReadOptions {
  /** The revision that the caller knows; null if it knows none. */
  knownRevision: number | null;
  /** Seconds that the API may hold its answer back; 0 for an immediate answer. */
  waitS: number;
  /** Seconds after the first change in which the API may gather further ones. */
  gatherS: number;
  signal?: AbortSignal | undefined;
}

/** All of these throw `ApiError`. */
export interface Api {
  /** Any call, with the token, timeout and errors of the others. */
  call: Caller;
  /** The same key and request give the same job. */
  submitJob: (request: JobRequest, idempotencyKey: string, signal?: AbortSignal) => Promise<Job>;
  /** What the job of this request is expected to cost. Makes no job. */
  estimateJob: (request: JobRequest, signal?: AbortSignal) => Promise<Estimate>;
  readJob: (jobId: string, options: ReadOptions) => Promise<JobReading>;
  cancelJob: (jobId: string) => Promise<Job>;
  /** Make a new job that continues from what the ended one has finished. */
  retryJob: (jobId: string, idempotencyKey: string, signal?: AbortSignal) => Promise<Job>;
  /** The caller's jobs, newest first. */
  listJobs: (options?: { limit?: number; cursor?: string | null; signal?: AbortSignal | undefined }) => Promise<JobPage>;
  /** In the order in which a person chooses them. */
  listJobTypes: (signal?: AbortSignal) => Promise<JobTypeInfo[]>;
}

/** `path` starts with a slash. */
export type Caller = <T>(path: string, call?: Call) => Promise<Answer<T>>;

/** How much longer than the requested wait a long poll may take. */
const WAIT_GRACE_MS = 10_000;

export function createApi(options: ApiOptions = {}): Api {
  const call = <T>(path: string, given?: Call) => exchange<T>(options, path, given);
  const post = async (path: string, given: Call) => (await call<Job>(path, { method: "POST", ...given })).body;
  return {
    call,
    submitJob: (request, key, signal) => post("/jobs", { body: request, headers: { "Idempotency-Key": key }, signal }),
    estimateJob: async (request, signal) =>
      (await call<Estimate>("/jobs?dry_run=true", { method: "POST", body: request, signal })).body,
    readJob: async (jobId, wanted) => reading(await call<Job | null>(jobPath(jobId), readCall(wanted))),
    cancelJob: (jobId) => post(`${jobPath(jobId)}/cancel`, {}),
    retryJob: (jobId, key, signal) => post(`${jobPath(jobId)}/retry`, { headers: { "Idempotency-Key": key }, signal }),
    listJobs: async ({ signal, ...page } = {}) => (await call<JobPage>(`/jobs${query(page)}`, { signal })).body,
    listJobTypes: async (signal) => (await call<{ job_types: JobTypeInfo[] }>("/job-types", { signal })).body.job_types,
  };
}

function jobPath(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}

function readCall({ knownRevision, waitS, gatherS, signal }: ReadOptions): Call {
  const headers: Record<string, string> = {};
  if (waitS > 0) headers.Prefer = `wait=${waitS}, gather=${gatherS.toFixed(2)}${after(knownRevision)}`;
  else if (knownRevision !== null) headers["If-None-Match"] = `"${knownRevision}"`;
  return { headers, signal, timeoutMs: waitS * 1000 + WAIT_GRACE_MS };
}

/** Unlike `If-None-Match`, this does not make the browser send a preflight before each call. */
function after(revision: number | null): string {
  return revision === null ? "" : `, after=${revision}`;
}

function reading({ headers, body }: Answer<Job | null>): JobReading {
  return { job: body, waited: headers.has("Preference-Applied"), retryAfterS: retryAfterS(headers) };
}
