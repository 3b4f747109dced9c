/** Share links and exports that behave like those of the HTTP API. For tests. */

import type { KeptWorld } from "../library/libraryWire.js";
import type { FakeLibrary, LibraryRequest } from "./fakeLibrary.js";
import { savedWorld } from "./fakeJob.js";

/** A kept world of these pieces. */
export function keptWorld(pieces: KeptWorld["pieces"], fields: Partial<KeptWorld> = {}): KeptWorld {
  const author = { job_id: "job-9", model: "small-model", prompt_version: 3 };
  const at = "2026-01-10T12:00:00.000Z";
  const kept = { tags: [], favourite: false, for_players: [], share: null, version: 1, source: author, author, edited: false };
  return { ...savedWorld(pieces), ...kept, updated_at: at, deleted_at: null, ...fields };
}

export class FakeSharing {
  private readonly library: FakeLibrary;

  constructor(library: FakeLibrary) {
    this.library = library;
  }

  /** null if the request is not about sharing or exporting. */
  answer({ method, path, query }: LibraryRequest): { status: number; body: unknown } | null {
    const [, section, id = "", verb] = path.split("/");
    if (section === "shared") return this.shared(id);
    const world = section === "worlds" ? this.library.worlds.get(id) : undefined;
    if (world === undefined) return null;
    if (verb === "share") return this.changeShare(world, method === "POST");
    if (verb === "export") return { status: 200, body: { title: world.title, format: query.get("format"), view: query.get("view") } };
    return null;
  }

  private changeShare(world: KeptWorld, isShared: boolean) {
    const token = `token-of-${world.id}`;
    const share = isShared ? { token, path: `/shared/${token}`, created_at: "2026-01-12T12:00:00.000Z" } : null;
    const next = { ...world, share, version: world.version + 1 };
    this.library.worlds.set(world.id, next);
    return { status: 200, body: next };
  }

  private shared(token: string) {
    const world = [...this.library.worlds.values()].find(({ share, deleted_at }) => share?.token === token && deleted_at === null);
    if (world === undefined) return { status: 404, body: { type: "urn:not_found", title: "Not found", status: 404, detail: "Nothing is shared here.", code: "not_found", retryable: false } };
    const marks = (path: string) => world.for_players.includes(path);
    const { title, language, story, quest } = world;
    const pieces = Object.entries(world.pieces).flatMap(([role, piece]) => {
      const fields = Object.entries({ name: piece.name, description: piece.description }).filter(([name]) => marks(`pieces.${role}`) || marks(`pieces.${role}.${name}`));
      const details = Object.entries(piece.details ?? {}).filter(([name]) => marks(`pieces.${role}`) || marks(`pieces.${role}.${name}`));
      if (fields.length + details.length === 0) return [];
      const seen = { type: role, language, ...Object.fromEntries(fields), details: Object.fromEntries<unknown>(details) };
      return [[role, seen] as const];
    });
    const texts = { ...(marks("story") ? { story } : {}), ...(marks("quest") ? { quest } : {}) };
    return { status: 200, body: { title, language, ...texts, pieces: Object.fromEntries(pieces) } };
  }
}
