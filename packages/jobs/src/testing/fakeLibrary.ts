/** Documents that behave like those of the HTTP API: versions, merge patches, conflicts, the trash. For tests. */

import type { JobRecord, KeptPiece, KeptWorld, NewPiece, Shelf, UsageOfPeriod } from "../library/libraryWire.js";

export type Fields = Partial<KeptPiece>;

export function keptPiece(fields: Fields = {}): KeptPiece {
  return {
    id: "piece-1",
    kind: "character",
    name: "Mara",
    description: "She keeps the gate.",
    language: "en",
    details: { concept: "Gatekeeper", traits: ["patient", "proud"], flaw: { name: "Debt", description: "Owes a dragon." }, stats: { health: 90, stress: 4 } },
    tags: [],
    favourite: false,
    canon: false,
    version: 1,
    source: { job_id: "job-1", model: "small-model", prompt_version: 3 },
    author: { job_id: "job-1", model: "small-model", prompt_version: 3 },
    edited: false,
    created_at: "2026-01-10T12:00:00.000Z",
    updated_at: "2026-01-10T12:00:00.000Z",
    deleted_at: null,
    ...fields,
  };
}

export interface LibraryRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

interface Answer {
  status: number;
  body: unknown;
}

type Document = KeptPiece | KeptWorld;
const MARKS = ["tags", "favourite", "canon", "for_players"];

export class FakeLibrary {
  readonly pieces = new Map<string, KeptPiece>();
  readonly worlds = new Map<string, KeptWorld>();
  history: JobRecord[] = [];
  usage: UsageOfPeriod | null = null;
  /** How many documents a page of a list has. */
  pageSize = 20;
  /** How many documents one call deletes from the trash. */
  trashLimit = 500;
  /** The faults with which the next PATCH is refused. */
  faults: { field: string; message: string }[] | null = null;
  private readonly old = new Map<string, Document[]>();

  add(...pieces: KeptPiece[]): void {
    for (const piece of pieces) this.pieces.set(piece.id, piece);
  }

  piece(id = "piece-1"): KeptPiece {
    const found = this.pieces.get(id);
    if (!found) throw new Error(`There is no piece ${id}.`);
    return found;
  }

  /** Somebody else changes the piece. */
  change(id: string, patch: object): void {
    this.store("pieces", { ...merged(this.piece(id), patch), version: this.piece(id).version + 1 } as KeptPiece);
  }

  /** A job writes a new version. */
  rewrite(id: string, patch: object): KeptPiece {
    const author = { job_id: "job-9", model: "small-model", prompt_version: 3 };
    this.store("pieces", { ...merged(this.piece(id), patch), version: this.piece(id).version + 1, author } as KeptPiece);
    return this.piece(id);
  }

  /** null if the request is not about the library. */
  answer({ method, path, query, headers, body }: LibraryRequest): Answer | null {
    const [, section = "", id = "", verb] = path.split("/");
    if (section === "history") return { status: 200, body: { jobs: this.history.filter(matches(query)), next_cursor: null } };
    if (section === "usage") return { status: 200, body: this.usage };
    if (section === "trash") return { status: 200, body: { deleted: this.emptyTrash() } };
    if (section !== "pieces" && section !== "worlds") return null;
    if (!id) return method === "POST" ? this.create(body as NewPiece) : { status: 200, body: this.list(section, query) };
    const found = shelfOf(this, section).get(id);
    if (!found) return refusal(404, "not_found", "Nothing with this id exists.");
    if (verb === "versions") return { status: 200, body: { versions: this.old.get(id) ?? [] } };
    if (verb === "restore") return this.restore(section, found, body as { version?: number });
    if (method === "DELETE") return this.next(section, found, { deleted_at: "2026-01-11T12:00:00.000Z" });
    if (method === "PATCH") return this.patch(section, found, headers, body as object);
    return { status: 200, body: found };
  }

  private patch(shelf: Shelf, found: Document, headers: Headers, patch: object): Answer {
    if (headers.get("If-Match") !== `"${found.version}"`) return refusal(412, "stale_version", "Somebody changed this in the meantime.", { current: found });
    if (this.faults) {
      const errors = this.faults;
      this.faults = null;
      return refusal(400, "invalid_request", "The request is not valid.", { errors });
    }
    return this.next(shelf, found, patch, Object.keys(patch).every((name) => MARKS.includes(name)) ? {} : { author: null, edited: true });
  }

  private restore(shelf: Shelf, found: Document, { version }: { version?: number }): Answer {
    const old = (this.old.get(found.id) ?? []).find((each) => each.version === version);
    return this.next(shelf, found, { ...(old ?? {}), deleted_at: null }, { author: null });
  }

  private next(shelf: Shelf, found: Document, patch: object, more: object = {}): Answer {
    const next = { ...merged(found, patch), ...more, id: found.id, version: found.version + 1 } as Document;
    this.store(shelf, next);
    return { status: 200, body: next };
  }

  private store(shelf: Shelf, next: Document): void {
    const found = shelfOf(this, shelf).get(next.id);
    if (found) this.old.set(next.id, [found, ...(this.old.get(next.id) ?? [])]);
    shelfOf(this, shelf).set(next.id, next);
  }

  private create(given: NewPiece): Answer {
    const { id, description, details, language = null, tags, ...others } = given;
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id ?? "")) return refusal(400, "invalid_request", "The id must be a UUID.");
    const found = this.pieces.get(id ?? "");
    if (found) return { status: 200, body: found };
    const fields = { description: description ?? "", details: details ?? {}, language, tags: tags ?? [], source: null, author: null };
    const piece = keptPiece({ ...others, ...fields, id: id ?? `piece-${this.pieces.size + 1}`, favourite: false, canon: false });
    this.add(piece);
    return { status: 201, body: piece };
  }

  private list(shelf: Shelf, query: URLSearchParams): object {
    const found = [...shelfOf(this, shelf).values()].filter(matches(query));
    const start = Number(query.get("cursor") ?? 0);
    const end = start + this.pageSize;
    return { [shelf]: found.slice(start, end), next_cursor: end < found.length ? String(end) : null };
  }

  private emptyTrash(): number {
    const trash = [...this.pieces.values()].filter(({ deleted_at }) => deleted_at !== null).slice(0, this.trashLimit);
    for (const { id } of trash) this.pieces.delete(id);
    return trash.length;
  }
}

function shelfOf(library: FakeLibrary, shelf: Shelf): Map<string, Document> {
  return library[shelf];
}

/** Whether the query of a list finds it. */
function matches(query: URLSearchParams) {
  return (found: Partial<KeptPiece> | JobRecord): boolean => {
    const { kind, name, tags, favourite, canon, deleted_at } = { name: "", deleted_at: null, ...found } as KeptPiece;
    const has = (parameter: string, test: (value: string) => boolean) => !query.has(parameter) || test(query.get(parameter) ?? "");
    return (
      (deleted_at !== null) === query.has("trash") &&
      has("q", (text) => name.toLowerCase().includes(text.toLowerCase())) &&
      has("kind", (wanted) => kind === wanted) &&
      has("tag", (tag) => tags.includes(tag)) &&
      has("favourite", () => favourite) &&
      has("canon", () => canon) &&
      has("status", (status) => (found as JobRecord).status === status)
    );
  };
}

function refusal(status: number, code: string, detail: string, more: object = {}): Answer {
  return { status, body: { type: `urn:${code}`, title: code, status, detail, code, retryable: false, ...more } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 7396. */
function merged(target: unknown, patch: object): object {
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch) as [string, unknown][]) {
    if (value === null && name !== "deleted_at") Reflect.deleteProperty(result, name);
    else result[name] = isObject(value) ? merged(result[name], value) : value;
  }
  return result;
}
