import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";
import { asApiError } from "../api/error";
import type { JobTypeInfo } from "../api/wire";
import { useJobsClient } from "../jobs";
import { Notice } from "../kit/Notice";
import { RegistryContext, registryOf } from "./registry";

const QUERY_KEY = ["job-types"];
const KEY = "loresmith.job-types";
/** The time between two calls while the API is away. */
const RETRY_MS = 3_000;

/**
 * Reads the job types from the API and provides them to the page.
 *
 * The last answer is stored, so that a page that loads while the API is away still shows its draft.
 */
export function RegistryProvider({ storage, children }: { storage: Storage; children: ReactNode }) {
  const { api, queryClient } = useJobsClient();
  const { data, failureReason } = useQuery({
    queryKey: QUERY_KEY,
    queryFn: async ({ signal }) => store(storage, await api.listJobTypes(signal)),
    initialData: () => stored(storage),
    staleTime: Infinity,
    refetchOnMount: "always",
    retry: (_failures, error) => asApiError(error).isTransient,
    retryDelay: RETRY_MS,
  });
  const tryNow = () => void queryClient.resetQueries({ queryKey: QUERY_KEY });
  const registry = useMemo(() => data && registryOf(data), [data]);
  if (registry) return <RegistryContext value={registry}>{children}</RegistryContext>;
  if (failureReason) return <Notice error={failureReason} onRetry={tryNow} />;
  return <p className="empty">Loading...</p>;
}

function stored(storage: Storage): JobTypeInfo[] | undefined {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    return Array.isArray(found) && found.every(isJobType) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Checks the shape, since another version of the page may have stored the answer. */
function isJobType(given: unknown): given is JobTypeInfo {
  const { type, label, kind, singular, plural, question, delivers, context } = (given ?? {}) as Record<string, unknown>;
  const texts = [type, label, kind, singular, plural, question, delivers];
  return texts.every((text) => typeof text === "string") && Array.isArray(context);
}

/** Stores the answer. If storage is full or forbidden, there is no stored answer. */
function store(storage: Storage, jobTypes: JobTypeInfo[]): JobTypeInfo[] {
  try {
    storage.setItem(KEY, JSON.stringify(jobTypes));
  } catch {
    // The next load waits for the API.
  }
  return jobTypes;
}
