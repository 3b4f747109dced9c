/** The endpoints that share a world and export it. */

import type { KeptWorld } from "./libraryWire.js";
import type { components } from "../api/openapi.js";
import { query } from "../api/query.js";
import type { Caller } from "../api/api.js";

/** What a share link shows: the title, and what is marked. */
export type SharedWorld = components["schemas"]["SharedWorldBody"];

export type ExportFormat = "markdown" | "json" | "obsidian" | "foundry" | "html";
/** Everything, or what is marked for players. */
export type ExportView = "all" | "players";

export interface ExportedFile {
  /** As the API names it; null if the browser may not read that. */
  name: string | null;
  content: Blob;
}

/** All of these throw `ApiError`. */
export interface SharingApi {
  /** Makes the link for players, or returns the existing one. */
  shareWorld: (worldId: string) => Promise<KeptWorld>;
  /** Removes the link. */
  unshareWorld: (worldId: string) => Promise<KeptWorld>;
  /** Needs no bearer token. */
  readShared: (token: string, signal?: AbortSignal) => Promise<SharedWorld>;
  exportWorld: (worldId: string, format: ExportFormat, view: ExportView) => Promise<ExportedFile>;
}

export function sharingApi(call: Caller): SharingApi {
  const share = async (worldId: string, method: "POST" | "DELETE") =>
    (await call<KeptWorld>(`/worlds/${encodeURIComponent(worldId)}/share`, { method })).body;
  return {
    shareWorld: (worldId) => share(worldId, "POST"),
    unshareWorld: (worldId) => share(worldId, "DELETE"),
    readShared: async (token, signal) => (await call<SharedWorld>(`/shared/${encodeURIComponent(token)}`, { signal, isAnonymous: true })).body,
    exportWorld: async (worldId, format, view) => {
      const path = `/worlds/${encodeURIComponent(worldId)}/export${query({ format, view })}`;
      const { headers, body } = await call<Blob>(path, { as: "file" });
      return { name: fileNameIn(headers.get("Content-Disposition")), content: body };
    },
  };
}

/** The name in a `Content-Disposition` (RFC 6266). */
export function fileNameIn(disposition: string | null): string | null {
  const [, extended] = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition ?? "") ?? [];
  const [, plain] = /filename="([^"]+)"/i.exec(disposition ?? "") ?? [];
  return (extended === undefined ? undefined : decoded(extended)) ?? plain ?? null;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
