/**
 * The JSON of the HTTP API, field by field as it goes over the wire.
 *
 * Nothing else in the page describes this JSON. A new type of job is one line in `JobPayloads` and one in `JobResults`.
 */

/** A piece of lore: what a job writes, and what later jobs take as context. */
export interface Piece {
  name: string;
  description: string;
  type?: string | null;
  details?: Details | null;
}

export type Details = Record<string, unknown>;

/** One line, 1 to 80 characters. */
type Line = string;

interface PiecesPayload {
  theme?: Line;
  /** 1 to 10; 3 unless told. */
  count?: number;
  tone?: Line;
  /** Names that are taken; at most 100. */
  avoid?: string[];
}

interface EventsPayload extends PiecesPayload {
  selectedSetting?: Piece;
}

interface RelicsPayload extends EventsPayload {
  selectedEvent?: Piece;
}

export interface SelectedLore {
  character?: Piece;
  faction?: Piece;
  setting?: Piece;
  event?: Piece;
  relic?: Piece;
}

interface WorldPayload {
  theme?: Line;
  title?: Line;
  /** Required where the API knows its callers by no token. */
  user_id?: string;
  selectedLore?: SelectedLore;
}

export interface Quest {
  title: string;
  description: string;
}

/** What `create_world` answers. */
export interface CreatedWorld {
  world_id: string;
  title: string;
  story: string;
  quest: Quest;
  pieces: SelectedLore;
}

/** type of job → its payload. */
export interface JobPayloads {
  generate_characters: PiecesPayload;
  generate_factions: PiecesPayload;
  generate_settings: PiecesPayload;
  generate_events: EventsPayload;
  generate_relics: RelicsPayload;
  create_world: WorldPayload;
}

/** type of job → what it answers. */
export interface JobResults {
  generate_characters: Piece[];
  generate_factions: Piece[];
  generate_settings: Piece[];
  generate_events: Piece[];
  generate_relics: Piece[];
  create_world: CreatedWorld;
}

export type JobType = keyof JobPayloads;

/** The body of `POST /jobs`. */
export type JobRequest = { [T in JobType]: { type: T; payload: JobPayloads[T] } }[JobType];

/** A piece as far as it is written; null for what is not there yet. */
export interface JobItem {
  /** 0-based. */
  index: number;
  /** Keys of the finished stages. */
  stages: string[];
  name?: string | null;
  description?: string | null;
  type?: string | null;
  details?: Details | null;
}

/** A piece that is missing from a completed job, and why. */
export interface MissingItem {
  /** 0-based. */
  item: number;
  stage: string;
  code: string;
  message: string;
  retryable: boolean;
}

export interface Usage {
  llm_calls: number;
  prompt_tokens: number;
  completion_tokens: number;
}

interface JobFields<T extends JobType> {
  /** UUID. */
  id: string;
  type: T;
  /** 0 to 100. */
  progress: number;
  /** What is going on, for a person. */
  message: string;
  warnings: MissingItem[];
  items: JobItem[];
  usage: Usage;
  attempt: number;
  max_attempts: number;
  /** +1 with each visible change. */
  revision: number;
  retryable: boolean;
  retry_of: string | null;
  /** ISO 8601, UTC; so are all times. */
  created_at: string;
  started_at: string | null;
  updated_at: string;
  completed_at: string | null;
  expires_at: string;
  links: { self: string; events: string; cancel: string };
}

interface NotFailed {
  error: null;
  error_code: null;
}

interface Unfinished extends NotFailed {
  result: null;
}

export type PendingJob<T extends JobType = JobType> = JobFields<T> & Unfinished & { status: "pending" };
export type ProcessingJob<T extends JobType = JobType> = JobFields<T> & Unfinished & { status: "processing" };
export type CancelledJob<T extends JobType = JobType> = JobFields<T> & Unfinished & { status: "cancelled" };
export type CompletedJob<T extends JobType = JobType> = JobFields<T> &
  NotFailed & { status: "completed"; result: JobResults[T] };
export type FailedJob<T extends JobType = JobType> = JobFields<T> & {
  status: "failed";
  result: null;
  error: string;
  error_code: string;
};

/** A job, told apart by its status. */
export type Job<T extends JobType = JobType> =
  | PendingJob<T>
  | ProcessingJob<T>
  | CompletedJob<T>
  | FailedJob<T>
  | CancelledJob<T>;

export type JobStatus = Job["status"];

export interface JobPage {
  jobs: Job[];
  next_cursor: string | null;
}

export interface World {
  id: string;
  user_id: string;
  job_id: string;
  theme: string;
  title: string;
  /** Paragraphs separated by empty lines. */
  story: string;
  quest: Quest;
  pieces: SelectedLore;
  created_at: string;
}

export interface WorldPage {
  worlds: World[];
  next_cursor: string | null;
}

/** The body of every error answer (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  retryable: boolean;
  errors?: { field: string; message: string }[];
}
