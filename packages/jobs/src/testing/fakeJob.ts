/** Jobs as the API returns them. For tests. */

import type { CompletedJob, Estimate, FailedJob, Job, JobItem, JobResult, PendingJob, PieceWarning, ProcessingJob, WrittenPiece } from "../api/wire.js";
import type { KeptWorld } from "../library/libraryWire.js";

export function piece(name: string): WrittenPiece {
  return { name, description: "A clerk.", type: "character", language: "en", details: {} };
}

/** A saved world of these pieces. */
export function savedWorld(pieces: KeptWorld["pieces"]): KeptWorld {
  return {
    id: "world-1",
    job_id: "job-9",
    user_id: "anonymous",
    theme: "fantasy",
    language: "en",
    title: "Low Tarn",
    story: "It rained.",
    quest: { title: "The bell", description: "Find it." },
    pieces,
    tags: [],
    favourite: false,
    for_players: [],
    share: null,
    version: 1,
    source: null,
    author: null,
    edited: false,
    created_at: "2026-01-10T12:00:00.000Z",
    updated_at: "2026-01-10T12:00:00.000Z",
    deleted_at: null,
  };
}

/** A warning: something in this piece was adjusted. */
export function adjusted(item: number, message: string): PieceWarning {
  return { item, stage: "stats", code: "adjusted", message, retryable: false, missing: false };
}

/** A warning: a text of this piece breaks a rule. */
export function belowStandard(item: number, message: string): PieceWarning {
  return { item, stage: "backstory", code: "below_standard", message, retryable: false, missing: false };
}

/** A warning: this piece is missing. */
export function missing(item: number, message = "Refused."): PieceWarning {
  return { item, stage: "traits", code: "refused", message, retryable: true, missing: true };
}

/** The default estimate of three pieces, without a price. */
export function estimated(fields: Partial<Estimate> = {}): Estimate {
  const amounts = { llm_calls: 10, prompt_tokens: 8_500, completion_tokens: 2_850, estimated_cost_usd: null };
  return { type: "generate_characters", ...amounts, basis: "default", jobs_measured: 0, token_budget: 34_000, ...fields };
}

/** A piece that is not finished, unless `fields` say so. */
export function item(index: number, name: string, fields: Partial<JobItem> = {}): JobItem {
  return { index, stages: ["name"], name, description: null, type: "character", language: "en", details: {}, complete: false, library_id: null, ...fields };
}

/** A finished piece of a job that is still running. */
export function finishedItem(index: number, name: string): JobItem {
  return item(index, name, { ...piece(name), complete: true });
}

type Fields = Partial<Omit<PendingJob, "status" | "result" | "error" | "error_code">>;

export function pendingJob(fields: Fields = {}): PendingJob {
  const id = fields.id ?? "7b1c2f60-0000-4000-8000-000000000001";
  const at = "2026-01-10T12:00:00.000Z";
  return {
    id,
    type: "generate_characters",
    status: "pending",
    progress: 0,
    message: "Preparing your request...",
    result: null,
    error: null,
    error_code: null,
    retryable: false,
    warnings: [],
    items: [],
    usage: { llm_calls: 0, prompt_tokens: 0, completion_tokens: 0, estimated_cost_usd: null },
    attempt: 0,
    max_attempts: 3,
    revision: 1,
    retry_of: null,
    created_at: at,
    started_at: null,
    updated_at: at,
    completed_at: null,
    deadline_at: null,
    expires_at: "2026-01-11T12:00:00.000Z",
    links: { self: `/jobs/${id}`, events: `/jobs/${id}/events`, cancel: `/jobs/${id}/cancel` },
    ...fields,
  };
}

export function processingJob(fields: Fields = {}): ProcessingJob {
  const running = { progress: 20, message: "Generating characters...", revision: 2, attempt: 1, ...fields };
  return { ...pendingJob(running), status: "processing" };
}

export function completedJob(result: JobResult, fields: Fields = {}): CompletedJob {
  const done = { progress: 100, message: "Job completed successfully", revision: 9, ...fields };
  return { ...pendingJob(done), status: "completed", result } as CompletedJob;
}

export function failedJob(fields: Fields & { error?: string; error_code?: string } = {}): FailedJob {
  const { error = "The writer does not answer. Try again in a minute.", error_code = "generator_unavailable" } = fields;
  const job = pendingJob({ progress: 44, message: "Job failed", revision: 9, retryable: true });
  return { ...job, ...fields, status: "failed", error, error_code };
}

export function cancelledJob(job: Job): Job {
  return { ...pendingJob(), ...job, status: "cancelled", message: "Job cancelled", result: null, error: null, error_code: null };
}
