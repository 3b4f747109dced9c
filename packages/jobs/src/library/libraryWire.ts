/** The JSON of the library, of the history and of sharing. The shapes come from the OpenAPI document, like those of `wire.ts`. */

import type { components } from "../api/openapi.js";

type Schemas = components["schemas"];

/** The two collections of an owner. */
export type Shelf = "pieces" | "worlds";

export type KeptPiece = Schemas["PieceBody"];
export type KeptWorld = Schemas["WorldBody"];
export type Share = Schemas["ShareBody"];

/** The job that wrote a version of a document. */
export type Writer = Schemas["AuthorBody"];

export interface Shelves {
  pieces: KeptPiece;
  worlds: KeptWorld;
}

/** Bodies of lists. */
export type PiecesBody = Schemas["PiecesBody"];
export type WorldsBody = Schemas["WorldsBody"];
export type HistoryBody = Schemas["HistoryBody"];
export type TrashBody = Schemas["TrashBody"];

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
export type NewPiece = Schemas["NewPiece"];

/** What is kept of an ended job. */
export type JobRecord = Schemas["JobRecordBody"];

/** Days are UTC dates, "2026-11-30", both inclusive. */
export interface Period {
  from?: string;
  to?: string;
}

export interface HistorySearch extends Period {
  type?: string;
  status?: string;
}

export type UsageSums = Schemas["JobSumsBody"];
/** The jobs of one type that ended on one day. */
export type UsageOfDay = Schemas["DayUsageBody"];
export type UsageOfPeriod = Schemas["UsageReportBody"];
