"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Estimate, JobRequest } from "../api/wire.js";
import { useJobsClient } from "./useJobsClient.js";
import { useQuiet } from "./useQuiet.js";

/** How long a request must stay the same before the API is asked, milliseconds: not while the user is typing. */
const QUIET_MS = 500;
/** How long an answer is reused, milliseconds. Averages change slowly. */
const FRESH_MS = 60_000;

/**
 * What the job of this request is expected to cost; with null, the API is not asked.
 *
 * undefined until the API answers, and if it refuses or cannot be reached: a missing estimate is not worth an error
 * message. While the request changes, the earlier estimate stays.
 */
export function useEstimate(request: JobRequest | null): Estimate | undefined {
  const { api, queryClient, queryKeys } = useJobsClient();
  const isQuiet = useQuiet(JSON.stringify(request), QUIET_MS, request !== null);
  const { data } = useQuery(
    {
      queryKey: queryKeys.estimate(request),
      queryFn: async ({ signal }) => request && api.estimateJob(request, signal),
      enabled: isQuiet,
      placeholderData: keepPreviousData,
      staleTime: FRESH_MS,
      retry: false,
      throwOnError: false,
    },
    queryClient,
  );
  return request === null ? undefined : (data ?? undefined);
}
