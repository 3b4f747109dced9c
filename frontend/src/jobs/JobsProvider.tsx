import { QueryClientProvider } from "@tanstack/react-query";
import { createContext, use, type ReactNode } from "react";
import type { JobsClient } from "./client";

const JobsContext = createContext<JobsClient | null>(null);

/** Provides the jobs client and the TanStack Query client to the hooks below it. */
export function JobsProvider({ client, children }: { client: JobsClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={client.queryClient}>
      <JobsContext value={client}>{children}</JobsContext>
    </QueryClientProvider>
  );
}

export function useJobsClient(): JobsClient {
  const client = use(JobsContext);
  if (client === null) throw new Error("Job hooks need a <JobsProvider client={createJobsClient({ api })}> above them.");
  return client;
}
