/** The library of an owner: kept pieces and worlds, their versions, history, share links and exports. */

export type { DocumentsApi, PageOptions } from "./documentsApi.js";
export { createLibraryApi, type LibraryApi } from "./libraryApi.js";
export type * from "./libraryWire.js";
export type { ExportedFile, ExportFormat, ExportView, SharedWorld, SharingApi } from "./sharing.js";
export { useLibraryApi } from "./useLibraryApi.js";
