/** The JSON of the library, of the history and of sharing. */

import type { Details, JobStatus, Usage, World } from "./wire";

/** The two collections of an owner. */
export type Shelf = "pieces" | "worlds";

/** The job that wrote a version of a document. */
export interface Writer {
  job_id: string;
  model: string | null;
  prompt_version: number | null;
}

/** What pieces and worlds have in common. */
export interface Kept {
  id: string;
  tags: string[];
  favourite: boolean;
  /** +1 with each change; the ETag. */
  version: number;
  /** Who wrote the first version; null for a person. */
  source: Writer | null;
  /** Who wrote this version; null for a person. */
  author: Writer | null;
  /** Whether a person has changed it. */
  edited: boolean;
  created_at: string;
  updated_at: string;
  /** When it was put into the trash; null if it is not there. */
  deleted_at: string | null;
}

export interface KeptPiece extends Kept {
  kind: string;
  name: string;
  description: string;
  language: string | null;
  details: Details;
  /** Whether new pieces must agree with it. */
  canon: boolean;
}

export interface Share {
  token: string;
  /** "/shared/<token>" */
  path: string;
  created_at: string;
}

export interface KeptWorld extends Omit<World, keyof Kept>, Kept {
  /** The paths of the parts that a share link shows: "story", "pieces.character", "pieces.character.name". */
  for_players: string[];
  share: Share | null;
}

export interface Shelves {
  pieces: KeptPiece;
  worlds: KeptWorld;
}

export interface Page<T> {
  found: T[];
  next_cursor: string | null;
}

/** Which documents a list shows. */
export interface Search {
  q?: string;
  kind?: string;
  tag?: string;
  favourite?: true;
  canon?: true;
  trash?: true;
  sort?: "newest" | "name";
}

/** A piece that a person writes. */
export interface NewPiece {
  /** A UUID. The same id again does not make another piece. */
  id: string;
  kind: string;
  name: string;
  description?: string;
  language?: string;
  details?: Details;
  tags?: string[];
}

/** What is kept of an ended job. */
export interface JobRecord {
  id: string;
  type: string;
  status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  error_code: string | null;
  attempts: number;
  retry_of: string | null;
  usage: Usage;
  model: string | null;
  /** What was asked for: theme, count, premise... */
  summary: Record<string, unknown>;
  /** The ids of the pieces or the world that it made, and their names in the same order. */
  made: string[];
  names: string[];
  created_at: string;
  started_at: string | null;
  ended_at: string;
}

/** Days are UTC dates, "2026-11-30", both inclusive. */
export interface Period {
  from?: string;
  to?: string;
}

export interface HistorySearch extends Period {
  type?: string;
  status?: string;
}

export interface UsageSums extends Usage {
  jobs: number;
  failed: number;
  cancelled: number;
}

/** The jobs of one type that ended on one day. */
export interface UsageOfDay extends UsageSums {
  day: string;
  type: string;
}

export interface UsageOfPeriod {
  from: string;
  to: string;
  days: UsageOfDay[];
  total: UsageSums;
}
