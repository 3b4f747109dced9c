/** The endpoints of the library and of the history as functions. */

import type {
  HistoryBody,
  HistorySearch,
  JobRecord,
  KeptPiece,
  KeptWorld,
  NewPiece,
  Page,
  Period,
  PiecesBody,
  Search,
  Shelf,
  Shelves,
  TrashBody,
  UsageOfPeriod,
  WorldsBody,
} from "./libraryWire.js";
import { query } from "../api/query.js";
import type { Caller } from "../api/api.js";

export interface PageOptions {
  limit?: number;
  cursor?: string | null;
  signal?: AbortSignal;
}

/** All of these throw `ApiError`. */
export interface DocumentsApi {
  listPieces: (search: Search, page?: PageOptions) => Promise<Page<KeptPiece>>;
  /** The worlds with their marks. */
  findWorlds: (search: Search, page?: PageOptions) => Promise<Page<KeptWorld>>;
  /** The same id again gives the stored piece. */
  addPiece: (piece: NewPiece) => Promise<KeptPiece>;
  readDocument: <S extends Shelf>(shelf: S, id: string, signal?: AbortSignal) => Promise<Shelves[S]>;
  /**
   * Applies a merge patch (RFC 7396) to this version. If there is a newer one, throws `Refused` with the code
   * `stale_version`; `problem.current` is the newer one.
   */
  changeDocument: <S extends Shelf>(shelf: S, id: string, patch: object, version: number) => Promise<Shelves[S]>;
  /** Moves the document to the trash. */
  discardDocument: <S extends Shelf>(shelf: S, id: string) => Promise<Shelves[S]>;
  /** The kept versions before the current one, newest first. */
  listVersions: <S extends Shelf>(shelf: S, id: string, signal?: AbortSignal) => Promise<Shelves[S][]>;
  /** Makes an earlier version the current one; without one, takes the document out of the trash. */
  restoreDocument: <S extends Shelf>(shelf: S, id: string, version?: number) => Promise<Shelves[S]>;
  /** Deletes everything in the trash for good, pieces and worlds. Returns how many there were. */
  emptyTrash: () => Promise<number>;
  listHistory: (search: HistorySearch, page?: PageOptions) => Promise<Page<JobRecord>>;
  readUsage: (period: Period, signal?: AbortSignal) => Promise<UsageOfPeriod>;
}

export function documentsApi(call: Caller): DocumentsApi {
  return { ...documentCalls(call), ...listCalls(call) };
}

interface PageBody {
  next_cursor: string | null;
}

function pageOf<N extends string, T>(body: PageBody & Record<N, T[]>, member: N): Page<T> {
  return { found: body[member], next_cursor: body.next_cursor };
}

type ListCalls = "listPieces" | "findWorlds" | "listHistory" | "readUsage" | "emptyTrash";

function listCalls(call: Caller): Pick<DocumentsApi, ListCalls> {
  const list = async <B extends PageBody>(path: string, search: object, { signal, ...page }: PageOptions = {}) =>
    (await call<B>(`${path}${query({ ...search, ...page })}`, { signal })).body;
  return {
    listPieces: async (search, page) => pageOf(await list<PiecesBody>("/pieces", search, page), "pieces"),
    findWorlds: async (search, page) => pageOf(await list<WorldsBody>("/worlds", search, page), "worlds"),
    listHistory: async (search, page) => pageOf(await list<HistoryBody>("/history", search, page), "jobs"),
    readUsage: async (period, signal) => (await call<UsageOfPeriod>(`/usage${query({ ...period })}`, { signal })).body,
    emptyTrash: async () => (await call<TrashBody>("/trash", { method: "DELETE" })).body.deleted,
  };
}

function documentCalls(call: Caller): Omit<DocumentsApi, ListCalls> {
  return {
    addPiece: async (piece) => (await call<KeptPiece>("/pieces", { method: "POST", body: piece })).body,
    readDocument: async <S extends Shelf>(shelf: S, id: string, signal?: AbortSignal) =>
      (await call<Shelves[S]>(path(shelf, id), { signal })).body,
    changeDocument: async <S extends Shelf>(shelf: S, id: string, patch: object, version: number) => {
      const headers = { "If-Match": `"${version}"` };
      return (await call<Shelves[S]>(path(shelf, id), { method: "PATCH", body: patch, headers })).body;
    },
    discardDocument: async <S extends Shelf>(shelf: S, id: string) =>
      (await call<Shelves[S]>(path(shelf, id), { method: "DELETE" })).body,
    listVersions: async <S extends Shelf>(shelf: S, id: string, signal?: AbortSignal) =>
      (await call<{ versions: Shelves[S][] }>(`${path(shelf, id)}/versions`, { signal })).body.versions,
    restoreDocument: async <S extends Shelf>(shelf: S, id: string, version?: number) => {
      const body = version === undefined ? {} : { version };
      return (await call<Shelves[S]>(`${path(shelf, id)}/restore`, { method: "POST", body })).body;
    },
  };
}

function path(shelf: Shelf, id: string): string {
  return `/${shelf}/${encodeURIComponent(id)}`;
}
