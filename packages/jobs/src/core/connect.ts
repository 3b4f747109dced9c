import type { QueryClient } from "@tanstack/react-query";
import type { ConnectedClient, JobsClient } from "./jobsClient.js";

const connected = new WeakMap<JobsClient, WeakMap<QueryClient, ConnectedClient>>();

/** The client with this TanStack Query client: the same object each time, so that each job is polled once. */
export function connect(client: JobsClient, queryClient: QueryClient): ConnectedClient {
  const known = connected.get(client) ?? new WeakMap<QueryClient, ConnectedClient>();
  connected.set(client, known);
  const found = known.get(queryClient) ?? { ...client, queryClient };
  known.set(queryClient, found);
  return found;
}
