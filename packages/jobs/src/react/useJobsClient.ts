"use client";

import { QueryClient, QueryClientContext } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { connect } from "../core/connect.js";
import { createJobsClient, type ConnectedClient, type JobsClient, type JobsClientOptions } from "../core/jobsClient.js";

export const JobsContext = createContext<JobsClient | null>(null);

let defaultClient: JobsClient | undefined;
let ownQueryClient: QueryClient | undefined;

/**
 * Sets the options of the hooks that have no `<JobsProvider>` above them, such as the address of the API and the token.
 * Call it before the first render. Without it, the API is the page's own origin.
 */
export function configureJobs(options: JobsClientOptions): void {
  defaultClient = createJobsClient(options);
}

/** The client of the `<JobsProvider>` above, or else the default client. */
export function useJobsClient(): ConnectedClient {
  const provided = useContext(JobsContext);
  const queryClient = useContext(QueryClientContext);
  return connect(provided ?? (defaultClient ??= createJobsClient()), queryClient ?? fallbackQueryClient());
}

/** For applications without a `<QueryClientProvider>`. On a server, requests of different users must not share one. */
function fallbackQueryClient(): QueryClient {
  if (typeof window === "undefined") return new QueryClient();
  return (ownQueryClient ??= new QueryClient());
}
