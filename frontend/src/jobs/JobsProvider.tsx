import { QueryClientProvider } from "@tanstack/react-query";
import { createContext, use, type ReactNode } from "react";
import type { JobsClient } from "./client";

const JobsContext = createContext<JobsClient | null>(null);

/** Gives the hooks below it their client, and TanStack Query its own. */
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
