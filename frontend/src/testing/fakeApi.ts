/** The HTTP API as a `fetch` that behaves: revisions, long polls, idempotency keys, outages. For tests. */

import type { Job, JobRequest, JobTypeInfo, Problem } from "../api/wire";
import { isFinal } from "../jobs/jobState";
import { cancelledJob, pendingJob } from "./fakeJob";
import { JOB_TYPES } from "./fakeRegistry";

interface Ask {
  method: string;
  path: string;
  headers: Headers;
  body: JobRequest | null;
}

/** An address's answer for a test: a status with a problem document, or no answer at all. */
type Trouble = "network" | "hang" | { status: number; code?: string; detail?: string; headers?: Record<string, string> };

export class FakeApi {
  readonly jobs = new Map<string, Job>();
  jobTypes: JobTypeInfo[] = JOB_TYPES;
  /** Everything that was asked, in order. */
  readonly asked: Ask[] = [];
  /** Whether answers are held back as `Prefer: wait` wishes. */
  longPolls = true;
  /** Seconds after which it wants to be asked for a running job again. */
  retryAfterS = 3;
  /** Every call meets this while it is set. */
  trouble: Trouble | null = null;
  /** Milliseconds from a POST to its answer. */
  postTakesMs = 0;
  private readonly byKey = new Map<string, string>();
  private readonly waiting = new Set<() => void>();

  /** What the job looks like from now on; its revision grows by itself. */
  set(jobId: string, change: (job: Job) => Job): Job {
    const old = this.job(jobId);
    const next: Job = { ...change(old), id: jobId, revision: old.revision + 1 };
    this.jobs.set(jobId, next);
    for (const wake of [...this.waiting]) wake();
    return next;
  }

  job(jobId: string): Job {
    const found = this.jobs.get(jobId);
    if (!found) throw new Error(`no job ${jobId}`);
    return found;
  }

  add(job: Job): Job {
    this.jobs.set(job.id, job);
    return job;
  }

  get posts(): Ask[] {
    return this.asked.filter(({ method, path }) => method === "POST" && path === "/jobs");
  }

  get polls(): Ask[] {
    return this.asked.filter(({ method }) => method === "GET");
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET", body } = init;
    const headers = new Headers(init.headers);
    const path = new URL(input as string, "http://api").pathname;
    const ask: Ask = { method, path, headers, body: body ? (JSON.parse(body as string) as JobRequest) : null };
    this.asked.push(ask);
    const answer = this.trouble ? this.inTrouble(this.trouble, init.signal) : this.answer(ask, init.signal);
    return Promise.race([answer, aborted(init.signal)]);
  };

  private async inTrouble(trouble: Trouble, signal?: AbortSignal | null): Promise<Response> {
    if (trouble === "network") throw new TypeError("Failed to fetch");
    if (trouble === "hang") return aborted(signal);
    const { status, code = `http_${status}`, detail = "It does not work right now.", headers = {} } = trouble;
    return problem(status, code, detail, headers);
  }

  private async answer(ask: Ask, signal?: AbortSignal | null): Promise<Response> {
    const [, , jobId = "", verb] = ask.path.split("/");
    if (ask.method === "POST" && this.postTakesMs > 0) await delay(this.postTakesMs);
    if (ask.method === "POST" && !jobId) return this.submit(ask);
    if (ask.path === "/job-types") return json(200, { job_types: this.jobTypes });
    if (!jobId) return json(200, { jobs: [...this.jobs.values()].reverse(), next_cursor: null });
    const job = this.jobs.get(jobId);
    if (!job) return gone();
    if (verb === "cancel") return json(202, isFinal(job) ? job : this.set(jobId, cancelledJob));
    if (verb === "retry") return this.make(ask, { ...pendingJob(), type: job.type, retry_of: jobId });
    return this.read(jobId, ask, signal);
  }

  private submit(ask: Ask): Response {
    return this.make(ask, { ...pendingJob(), type: ask.body?.type ?? "generate_characters" });
  }

  private make(ask: Ask, template: Job): Response {
    const key = ask.headers.get("Idempotency-Key");
    const made = key === null ? undefined : this.byKey.get(key);
    if (made) return json(202, this.job(made), { "Idempotent-Replayed": "true" });
    const id = `job-${this.jobs.size + 1}`;
    if (key !== null) this.byKey.set(key, id);
    return json(202, this.add({ ...template, id, revision: 1 }));
  }

  private async read(jobId: string, { headers }: Ask, signal?: AbortSignal | null): Promise<Response> {
    const known = headers.get("If-None-Match");
    const waitS = Number(/wait=(\d+)/.exec(headers.get("Prefer") ?? "")?.[1] ?? 0);
    const isNews = () => known === null || known !== `"${this.jobs.get(jobId)?.revision ?? 0}"`;
    if (this.longPolls && waitS > 0 && !isNews()) await this.news(waitS * 1000, signal);
    const applied: Record<string, string> = this.longPolls && waitS > 0 ? { "Preference-Applied": `wait=${waitS}` } : {};
    const job = this.jobs.get(jobId);
    if (!job) return gone();
    const later: Record<string, string> = isFinal(job) ? {} : { "Retry-After": `${this.retryAfterS}` };
    const headersOut = { ...applied, ...later };
    return isNews() ? json(200, job, headersOut) : new Response(null, { status: 304, headers: headersOut });
  }

  private news(limitMs: number, signal?: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limitMs);
      this.waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  const body: Problem = { type: `urn:${code}`, title: code, status, detail, code, retryable: status >= 500 };
  return json(status, body, headers);
}

function gone(): Response {
  return problem(404, "not_found", "Nothing with this id exists, or it has expired.");
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function aborted(signal?: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new DOMException("The call was aborted", "AbortError"));
    if (signal?.aborted) refuse();
    signal?.addEventListener("abort", refuse);
  });
}
