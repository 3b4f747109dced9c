/**
 * The JSON of the HTTP API. The shapes come from the OpenAPI document: `make client-types` writes them to `openapi.ts`.
 * This module names them and makes a job a union by status.
 */

import type { components } from "./openapi";

type Schemas = components["schemas"];

/** A piece in the result of a job. */
export type WrittenPiece = Schemas["PieceBody"];
/** A piece as a payload takes it. Its author may be a job or a person. */
export type Piece = Schemas["GivenPiece"];
export type Details = WrittenPiece["details"];
export type SelectedLore = Schemas["SelectedLore"];
export type Quest = Schemas["QuestBody"];
export type CreatedWorld = Schemas["CreatedWorldBody"];

/** The fields of an entry of `GET /job-types` that the page uses. */
export type JobTypeInfo = Omit<Schemas["JobTypeBody"], "description" | "example" | "payload_schema">;

/** The name of a job type. `GET /job-types` lists them; "create_world" makes a world, and every other type makes pieces. */
export type JobType = string;

export interface WorldRequest {
  type: "create_world";
  payload: Schemas["WorldPayload"];
}

/** A payload has the fields that all types of pieces share, and those of its own type. */
export interface PiecesRequest<T extends JobType = JobType> {
  type: T;
  payload: Schemas["PiecesPayload"] & Record<string, unknown>;
}

/** The body of `POST /jobs`. */
export type JobRequest = WorldRequest | PiecesRequest;
/** The body of `POST /jobs` for a job of type `T`. */
export type RequestOf<T extends JobType> = string extends T ? JobRequest : T extends "create_world" ? WorldRequest : PiecesRequest<T>;
/** The result of a job of type `T`. */
export type ResultOf<T extends JobType> = string extends T ? AnyResult : T extends "create_world" ? CreatedWorld : WrittenPiece[];
type AnyResult = CreatedWorld | WrittenPiece[];

/** The finished parts of a piece; null for a part that is not written yet. */
export type JobItem = Schemas["ItemBody"];
/** What is missing from the result of a completed job, or what was adjusted in it, and why. */
export type PieceWarning = Schemas["PieceWarningBody"];

type JobStatusName = Schemas["JobBody"]["status"];
interface NotFailed {
  error: null;
  error_code: null;
}
type Narrowed = "type" | "status" | "result" | "error" | "error_code";
type JobAt<T extends JobType, S extends JobStatusName, Outcome> = Omit<Schemas["JobBody"], Narrowed> & { type: T; status: S } & Outcome;

export type PendingJob<T extends JobType = JobType> = JobAt<T, "pending", NotFailed & { result: null }>;
export type ProcessingJob<T extends JobType = JobType> = JobAt<T, "processing", NotFailed & { result: null }>;
export type CancelledJob<T extends JobType = JobType> = JobAt<T, "cancelled", NotFailed & { result: null }>;
export type CompletedJob<T extends JobType = JobType> = JobAt<T, "completed", NotFailed & { result: ResultOf<T> }>;
export type FailedJob<T extends JobType = JobType> = JobAt<
  T,
  "failed",
  { result: null; error: string; error_code: string }
>;

/** A job. `status` tells the members of the union apart. */
export type Job<T extends JobType = JobType> =
  | PendingJob<T>
  | ProcessingJob<T>
  | CompletedJob<T>
  | FailedJob<T>
  | CancelledJob<T>;

export type JobStatus = Job["status"];

/** One page of the list of jobs. The jobs in it have no items. */
export type JobPage = Omit<Schemas["JobsBody"], "jobs"> & { jobs: Job[] };
export type World = Schemas["WorldBody"];
export type WorldPage = Schemas["WorldsBody"];

/** The body of every error response (RFC 9457). */
export type Problem = Schemas["ProblemBody"];
