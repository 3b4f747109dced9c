/** The state of a session, and what its parts share. */

import type { Api } from "../api/api.js";
import type { ApiError } from "../api/error.js";
import type { Job } from "../api/wire.js";
import { LIVE, type Connection } from "./connection.js";
import type { JobWatch } from "./jobWatch.js";
import type { Observable } from "./observable.js";
import type { SessionMemory } from "./sessionMemory.js";
import type { Slot, SlotRecord } from "./slot.js";
import type { SubmissionEnvironment } from "./submission.js";

/**
 *     idle ──submit──► submitting ──answered──► watching ──end──► ended
 *                          └──────refused──────────────────────────▲
 */
export interface SessionState {
  phase: "idle" | "submitting" | "watching" | "ended";
  job: Job | null;
  /** Why there is no job to show: the submission was refused, or the job no longer exists. */
  error: ApiError | null;
  connection: Connection;
}

export const IDLE: SessionState = { phase: "idle", job: null, error: null, connection: LIVE };

/** How a job ended. A cancelled job is not reported: the page itself cancelled it. */
export type End = { job: Extract<Job, { status: "completed" | "failed" }> } | { error: ApiError };

export interface SessionEnvironment extends SubmissionEnvironment {
  api: Pick<Api, "submitJob" | "retryJob" | "cancelJob">;
  watch: JobWatch;
  slot: Slot;
}

/** What a session shares with its runs. */
export interface SessionContext {
  readonly environment: SessionEnvironment;
  readonly view: Observable<SessionState>;
  readonly memory: SessionMemory;
  /** Called once for each job that ends; null while no component is mounted. */
  onEnd: ((end: End) => void) | null;
}

/** The error code for a job that does not exist, or no longer exists. */
export const GONE = "not_found";

export function isBusy({ phase }: SessionState): boolean {
  return phase === "submitting" || phase === "watching";
}

/** Whether the record's job exists, as far as the error says: it was accepted, and it is not gone. */
export function isAccepted<R extends Pick<SlotRecord, "jobId">>(record: R | null, error: ApiError | null): record is R & { jobId: string } {
  return record !== null && record.jobId !== null && error?.code !== GONE;
}

export function jobIdOf({ view, memory }: SessionContext): string | null {
  return view.current.job?.id ?? memory.record?.jobId ?? null;
}

/** Cancel a job whose result nobody will read. */
export function abandon({ environment }: SessionContext, jobId: string): void {
  void environment.api.cancelJob(jobId).catch(() => undefined);
}
