"use client";

import type { ReactNode } from "react";
import type { JobsClient } from "../core/jobsClient.js";
import { JobsContext } from "./useJobsClient.js";

export interface JobsProviderProps {
  /** Make it once, with `createJobsClient`. */
  client: JobsClient;
  children?: ReactNode;
}

/** Gives the hooks below it another client than the default one. They use the `QueryClient` of the application. */
export function JobsProvider({ client, children }: JobsProviderProps) {
  return <JobsContext.Provider value={client}>{children}</JobsContext.Provider>;
}
