/**
 * The JSON of the HTTP API. The shapes are those of the OpenAPI document, from which `openapi.ts` is made
 * (`npm run client-types`); here they get names, and jobs are told apart by their type and status.
 */

import type { components } from "./openapi";

type Schemas = components["schemas"];

/** A piece of lore as later jobs take it: what a job wrote, or somebody else. */
export type Piece = Pick<Schemas["PieceBody"], "name" | "description"> & { type?: string | null; details?: Details | null };
export type Details = Schemas["PieceBody"]["details"];
export type SelectedLore = Schemas["SelectedLore"];
export type Quest = Schemas["QuestBody"];
export type CreatedWorld = Schemas["CreatedWorldBody"];

/** An entry of `GET /job-types`, as far as the page needs it. */
export type JobTypeInfo = Omit<Schemas["JobTypeBody"], "description" | "example" | "payload_schema">;

/** The body of `POST /jobs`. */
export type JobRequest = Required<Schemas["Submission"]>;
export type JobType = JobRequest["type"];

/** type of job → what it answers: the world, or pieces. */
export type JobResults = { [T in JobType]: T extends "create_world" ? CreatedWorld : Schemas["PieceBody"][] };

/** A piece as far as it is written; null for what is not there yet. */
export type JobItem = Schemas["ItemBody"];
/** What is missing from a completed job, or was adjusted in it, and why. */
export type PieceWarning = Schemas["PieceWarningBody"];

type JobStatusName = Schemas["JobBody"]["status"];
interface NotFailed {
  error: null;
  error_code: null;
}
type Untold = "type" | "status" | "result" | "error" | "error_code";
type JobAt<T extends JobType, S extends JobStatusName, Told> = Omit<Schemas["JobBody"], Untold> & { type: T; status: S } & Told;

export type PendingJob<T extends JobType = JobType> = JobAt<T, "pending", NotFailed & { result: null }>;
export type ProcessingJob<T extends JobType = JobType> = JobAt<T, "processing", NotFailed & { result: null }>;
export type CancelledJob<T extends JobType = JobType> = JobAt<T, "cancelled", NotFailed & { result: null }>;
export type CompletedJob<T extends JobType = JobType> = JobAt<T, "completed", NotFailed & { result: JobResults[T] }>;
export type FailedJob<T extends JobType = JobType> = JobAt<
  T,
  "failed",
  { result: null; error: string; error_code: string }
>;

/** A job, told apart by its status. */
export type Job<T extends JobType = JobType> =
  | PendingJob<T>
  | ProcessingJob<T>
  | CompletedJob<T>
  | FailedJob<T>
  | CancelledJob<T>;

export type JobStatus = Job["status"];

/** A page of jobs, which come without their items. */
export type JobPage = Omit<Schemas["JobsBody"], "jobs"> & { jobs: Job[] };
export type World = Schemas["WorldBody"];
export type WorldPage = Schemas["WorldsBody"];

/** The body of every error answer (RFC 9457). */
export type Problem = Schemas["ProblemBody"];
