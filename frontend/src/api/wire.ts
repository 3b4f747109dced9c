/**
 * The JSON of the HTTP API. The shapes come from the OpenAPI document: `make client-types` writes them to `openapi.ts`.
 * This module names them and makes a job a union by status.
 */

import type { components } from "./openapi";

type Schemas = components["schemas"];

/** A piece in the result of a job. */
export type WrittenPiece = Schemas["WrittenPieceBody"];
/** A piece as a payload takes it. Its author may be a job or a person. */
export type Piece = Schemas["GivenPiece"];
export type Details = WrittenPiece["details"];
export type SelectedLore = Schemas["SelectedLore"];
export type Quest = Schemas["QuestBody"];
export type CreatedWorld = Schemas["CreatedWorldBody"];

/** The fields of an entry of `GET /job-types` that the page uses. */
export type JobTypeInfo = Omit<Schemas["JobTypeBody"], "description" | "example">;

/** A part of a piece that can be rewritten, and the stage that writes it. */
export type RewritableField = Schemas["RewritableBody"];

/** What a job type delivers: new pieces, a new world, or a new version of one that is kept. */
export type Delivery = JobTypeInfo["delivers"];

interface Payloads {
  /** The fields that all types of pieces share, and those of the job's own type. */
  pieces: Schemas["PiecesPayload"] & Record<string, unknown>;
  world: Schemas["WorldPayload"];
  piece: Schemas["RewritePiecePayload"];
  rewritten_world: Schemas["RewriteWorldPayload"];
}

interface Results {
  pieces: WrittenPiece[];
  world: CreatedWorld;
  piece: Schemas["RewrittenPieceBody"];
  rewritten_world: Schemas["RewrittenWorldBody"];
}

/** The body of `POST /jobs`. */
export interface JobRequest<D extends Delivery = Delivery> {
  /** The name of a job type. `GET /job-types` lists them. */
  type: string;
  payload: Payloads[D];
}

/** The result of a completed job. */
export type JobResult<D extends Delivery = Delivery> = Results[D];

/** The finished parts of a piece; null for a part that is not written yet. */
export type JobItem = Schemas["ItemBody"];
/** What is missing from the result of a completed job and why, or a remark on a piece in it. */
export type PieceWarning = Schemas["PieceWarningBody"];

/** What a job has cost so far. */
export type Usage = Schemas["UsageBody"];
/** What a job is expected to cost. */
export type Estimate = Schemas["EstimateBody"];

type JobStatusName = Schemas["JobBody"]["status"];
interface NotFailed {
  error: null;
  error_code: null;
}
type Narrowed = "status" | "result" | "error" | "error_code";
type JobAt<S extends JobStatusName, Outcome> = Omit<Schemas["JobBody"], Narrowed> & { status: S } & Outcome;

export type PendingJob = JobAt<"pending", NotFailed & { result: null }>;
export type ProcessingJob = JobAt<"processing", NotFailed & { result: null }>;
export type CancelledJob = JobAt<"cancelled", NotFailed & { result: null }>;
export type CompletedJob<D extends Delivery = Delivery> = JobAt<"completed", NotFailed & { result: JobResult<D> }>;
export type FailedJob = JobAt<"failed", { result: null; error: string; error_code: string }>;

/** A job that delivers `D`. `status` tells the members of the union apart. */
export type Job<D extends Delivery = Delivery> =
  | PendingJob
  | ProcessingJob
  | CompletedJob<D>
  | FailedJob
  | CancelledJob;

export type JobStatus = Job["status"];

/** One page of the list of jobs. The jobs in it have no items. */
export type JobPage = Omit<Schemas["JobsBody"], "jobs"> & { jobs: Job[] };
export type World = Schemas["WorldBody"];
export type WorldPage = Schemas["WorldsBody"];
/** Earlier versions, newest first. */
export type PieceVersions = Schemas["PieceVersionsBody"];
export type WorldVersions = Schemas["WorldVersionsBody"];
/** What a share link shows of a world. */
export type SharedWorld = Schemas["SharedWorldBody"];
export type SharedPiece = Schemas["SharedPieceBody"];

/** The body of every error response (RFC 9457). */
export type Problem = Schemas["ProblemBody"];
