/**
 * The JSON of the HTTP API. The shapes come from the OpenAPI document: `make client-types` writes them to `openapi.ts`.
 * This module names them, and makes a job a union by status and type.
 */

import type { components } from "./openapi.js";

type Schemas = components["schemas"];

/** A piece in the result of a job. */
export type WrittenPiece = Schemas["WrittenPieceBody"];
/** A piece as a payload takes it. Its author may be a job or a person. */
export type Piece = Schemas["GivenPiece"];
export type Details = WrittenPiece["details"];
export type SelectedLore = Schemas["SelectedLore"];
export type Quest = Schemas["QuestBody"];
export type CreatedWorld = Schemas["CreatedWorldBody"];

/** A part of a piece that can be rewritten, and the stage that writes it. */
export type RewritableField = Schemas["RewritableBody"];

/** What a job type delivers: new pieces, a new world, or a new version of one that is kept. */
export type Delivery = Schemas["JobTypeBody"]["delivers"];

/** How job types are named, by what they deliver. `tests/unit/test_job_type_names.py` compares this with the registry. */
interface Names {
  pieces: `generate_${string}`;
  world: "create_world";
  piece: "rewrite_piece";
  rewritten_world: "rewrite_world";
}

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

/** The name of a job type that delivers `D`. `GET /job-types` lists the types of an API. */
export type JobTypeName<D extends Delivery = Delivery> = Names[D];

/** The name of a type that writes pieces, such as "generate_characters". */
export type PiecesType = JobTypeName<"pieces">;

/** What a job of the type `T` delivers. */
export type DeliveryOf<T extends JobTypeName> = { [D in Delivery]: T extends Names[D] ? D : never }[Delivery];

/** The fields of an entry of `GET /job-types`, without those that only document it. */
export type JobTypeInfo<D extends Delivery = Delivery> = D extends Delivery
  ? Omit<Schemas["JobTypeBody"], "description" | "example" | "type" | "delivers"> & { type: JobTypeName<D>; delivers: D }
  : never;

/** Where to send a job's events. Without `events`, these are its ends. */
export type Webhook = Schemas["Webhook"];

/** The body of `POST /jobs`. `type` decides which payload it has. */
export type JobRequest<T extends JobTypeName = JobTypeName> = T extends JobTypeName
  ? {
      type: T;
      payload: Payloads[DeliveryOf<T>];
      /** Seconds after which the job fails if it has not ended. The default is that of the API. */
      deadline_s?: number | undefined;
      /** Where to send the job's events. Without it, they go to the caller's default. With null, they go to nobody. */
      webhook?: Webhook | null | undefined;
    }
  : never;

/** The result of a completed job of the type `T`. */
export type JobResult<T extends JobTypeName = JobTypeName> = Results[DeliveryOf<T>];

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
type Narrowed = "type" | "status" | "result" | "error" | "error_code";
type JobAt<S extends JobStatusName, T, Outcome> = Omit<Schemas["JobBody"], Narrowed> & { type: T; status: S } & Outcome;

export type PendingJob<T = JobTypeName> = JobAt<"pending", T, NotFailed & { result: null }>;
export type ProcessingJob<T = JobTypeName> = JobAt<"processing", T, NotFailed & { result: null }>;
export type CancelledJob<T = JobTypeName> = JobAt<"cancelled", T, NotFailed & { result: null }>;
export type FailedJob<T = JobTypeName> = JobAt<"failed", T, { result: null; error: string; error_code: string }>;
export type CompletedJob<T extends JobTypeName = JobTypeName> = T extends JobTypeName
  ? JobAt<"completed", T, NotFailed & { result: JobResult<T> }>
  : never;

/** A job of the type `T`. `status` and `type` tell the members of the union apart. */
export type Job<T extends JobTypeName = JobTypeName> =
  | PendingJob<T>
  | ProcessingJob<T>
  | CompletedJob<T>
  | FailedJob<T>
  | CancelledJob<T>;

export type JobStatus = Job["status"];

/** One page of the list of jobs. The jobs in it have no items. */
export type JobPage = Omit<Schemas["JobsBody"], "jobs"> & { jobs: Job[] };

/** The body of every error response (RFC 9457). */
export type Problem = Schemas["ProblemBody"];
