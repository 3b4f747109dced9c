import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Reads all queries under this key again, after a change. `invalidateQueries` alone would leave a first read that is
 * under way, and its answer may be from before the change.
 */
export async function readAgain(queryClient: QueryClient, queryKey: QueryKey): Promise<void> {
  await queryClient.cancelQueries({ queryKey });
  await queryClient.invalidateQueries({ queryKey });
}
