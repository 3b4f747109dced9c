/** A `fetch` that behaves like the HTTP API: revisions, long polls, idempotency keys, outages. For tests. */

import { unlessAborted } from "../api/abort.js";
import type { Job, JobRequest, JobTypeInfo, Problem } from "../api/wire.js";
import { isFinal } from "../core/jobState.js";
import { cancelledJob, estimated, pendingJob } from "./fakeJob.js";
import { FakeLibrary } from "./fakeLibrary.js";
import { FakeSharing } from "./fakeSharing.js";
import { JOB_TYPES } from "./fakeRegistry.js";

interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: JobRequest | null;
}

/** What goes wrong with every call: an error with a problem document, or no answer. */
type Trouble = "network" | "hang" | { status: number; code?: string; detail?: string; headers?: Record<string, string> };

export class FakeApi {
  readonly jobs = new Map<string, Job>();
  /** The pieces, the history... */
  readonly library = new FakeLibrary();
  readonly sharing = new FakeSharing(this.library);
  jobTypes: JobTypeInfo[] = JOB_TYPES;
  /** All requests, in order. */
  readonly requests: FakeRequest[] = [];
  /** The answer to every dry run. */
  estimate = estimated();
  /** Whether `Prefer: wait` is supported. */
  longPolls = true;
  /** Whether `Prefer: gather` is supported. */
  gathers = true;
  /** The `Retry-After` of a running job, in seconds. */
  retryAfterS = 3;
  /** While this is set, every call fails in this way. */
  trouble: Trouble | null = null;
  /** Milliseconds from the moment when the answer to a GET of the library is read until it arrives. */
  readTakesMs = 0;
  /** Milliseconds until a POST is answered. */
  postTakesMs = 0;
  private readonly byKey = new Map<string, string>();
  private readonly waiting = new Set<() => void>();

  /** Change a job. Its revision grows by one. */
  set(jobId: string, change: (job: Job) => Job): Job {
    const old = this.job(jobId);
    const next: Job = { ...change(old), id: jobId, revision: old.revision + 1 };
    this.jobs.set(jobId, next);
    for (const wake of [...this.waiting]) wake();
    return next;
  }

  job(jobId: string): Job {
    const found = this.jobs.get(jobId);
    if (!found) throw new Error(`There is no job ${jobId}.`);
    return found;
  }

  add(job: Job): Job {
    this.jobs.set(job.id, job);
    return job;
  }

  /** The submissions. */
  get posts(): FakeRequest[] {
    return this.requests.filter((request) => isSubmission(request) && !request.query.has("dry_run"));
  }

  get dryRuns(): FakeRequest[] {
    return this.requests.filter((request) => isSubmission(request) && request.query.has("dry_run"));
  }

  get polls(): FakeRequest[] {
    return this.requests.filter(({ method }) => method === "GET");
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET", body } = init;
    const headers = new Headers(init.headers);
    const { pathname: path, searchParams: query } = new URL(input as string, "http://api");
    const request: FakeRequest = { method, path, query, headers, body: body ? (JSON.parse(body as string) as JobRequest) : null };
    this.requests.push(request);
    const answer = this.trouble ? this.inTrouble(this.trouble) : this.answer(request, init.signal);
    return init.signal ? unlessAborted(answer, init.signal) : answer;
  };

  private async inTrouble(trouble: Trouble): Promise<Response> {
    if (trouble === "network") throw new TypeError("Failed to fetch");
    if (trouble === "hang") return new Promise(() => undefined);
    const { status, code = `http_${status}`, detail = "It does not work right now.", headers = {} } = trouble;
    return problem(status, code, detail, headers);
  }

  private async answer(request: FakeRequest, signal?: AbortSignal | null): Promise<Response> {
    const [, , jobId = "", verb] = request.path.split("/");
    const found = this.sharing.answer(request) ?? this.library.answer(request);
    if (found && request.method === "GET" && this.readTakesMs > 0) await delay(this.readTakesMs);
    if (found) return json(found.status, found.body);
    if (request.method === "POST" && this.postTakesMs > 0) await delay(this.postTakesMs);
    if (request.query.has("dry_run")) return json(200, this.estimate);
    if (request.method === "POST" && !jobId) return this.submit(request);
    if (request.path === "/job-types") return json(200, { job_types: this.jobTypes });
    if (request.path === "/worlds") return json(200, { worlds: [], next_cursor: null });
    if (!jobId) return json(200, { jobs: [...this.jobs.values()].reverse(), next_cursor: null });
    const job = this.jobs.get(jobId);
    if (!job) return gone();
    if (verb === "cancel") return json(202, isFinal(job) ? job : this.set(jobId, cancelledJob));
    if (verb === "retry") return this.make(request, { ...pendingJob(), type: job.type, retry_of: jobId });
    return this.read(jobId, request, signal);
  }

  private submit(request: FakeRequest): Response {
    return this.make(request, { ...pendingJob(), type: request.body?.type ?? "generate_characters" });
  }

  private make(request: FakeRequest, template: Job): Response {
    const key = request.headers.get("Idempotency-Key");
    const made = key === null ? undefined : this.byKey.get(key);
    if (made) return json(202, this.job(made), { "Idempotent-Replayed": "true" });
    const id = `job-${this.jobs.size + 1}`;
    if (key !== null) this.byKey.set(key, id);
    return json(202, this.add({ ...template, id, revision: 1 }));
  }

  private async read(jobId: string, { headers }: FakeRequest, signal?: AbortSignal | null): Promise<Response> {
    const known = headers.get("If-None-Match");
    const waitS = preference("wait", headers);
    const seen = /after=(\d+)/.exec(headers.get("Prefer") ?? "")?.[1];
    const revision = () => this.jobs.get(jobId)?.revision ?? 0;
    const isNew = () => (known !== null ? known !== `"${revision()}"` : seen === undefined || revision() > Number(seen));
    const isRunning = () => this.jobs.has(jobId) && !isFinal(this.job(jobId));
    if (this.longPolls && waitS > 0) {
      if (!isNew()) await this.nextChange(waitS * 1000, signal);
      const answerAt = Date.now() + (this.gathers ? preference("gather", headers) * 1000 : 0);
      while (isNew() && isRunning() && Date.now() < answerAt && !signal?.aborted) await this.nextChange(answerAt - Date.now(), signal);
    }
    const applied: Record<string, string> = this.longPolls && waitS > 0 ? { "Preference-Applied": `wait=${waitS}` } : {};
    const job = this.jobs.get(jobId);
    if (!job) return gone();
    const later: Record<string, string> = isFinal(job) ? {} : { "Retry-After": `${this.retryAfterS}` };
    const headersOut = { ...applied, ...later };
    return known === null || isNew() ? json(200, job, headersOut) : new Response(null, { status: 304, headers: headersOut });
  }

  private nextChange(limitMs: number, signal?: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, limitMs);
      this.waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }
}

/** A number of seconds in `Prefer`; 0 without one. */
function preference(name: string, headers: Headers): number {
  return Number(new RegExp(`${name}=([\\d.]+)`).exec(headers.get("Prefer") ?? "")?.[1] ?? 0);
}

function isSubmission({ method, path }: FakeRequest): boolean {
  return method === "POST" && path === "/jobs";
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  const body: Problem = { type: `urn:${code}`, title: code, status, detail, code, retryable: status >= 500 || status === 429 };
  return json(status, body, headers);
}

function gone(): Response {
  return problem(404, "not_found", "Nothing with this id exists, or it has expired.");
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
