import type { Api } from "../api/api.js";
import { documentsApi, type DocumentsApi } from "./documentsApi.js";
import { sharingApi, type SharingApi } from "./sharing.js";

/** What owners keep: pieces, worlds, their history, share links and exports. */
export interface LibraryApi extends DocumentsApi, SharingApi {}

const made = new WeakMap<Api["call"], LibraryApi>();

/** The calls of the library, through this API: the same object each time. */
export function createLibraryApi({ call }: Pick<Api, "call">): LibraryApi {
  const api = made.get(call) ?? { ...documentsApi(call), ...sharingApi(call) };
  made.set(call, api);
  return api;
}
