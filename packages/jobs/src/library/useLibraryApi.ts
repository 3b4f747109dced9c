"use client";

import { useJobsClient } from "../react/useJobsClient.js";
import { createLibraryApi, type LibraryApi } from "./libraryApi.js";

/** The calls of the library, with the client of the hooks. */
export function useLibraryApi(): LibraryApi {
  return createLibraryApi(useJobsClient().api);
}
