import { asApiError, useJobsClient, type JobTypeInfo } from "@loresmith/jobs";
import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";
import { Loading } from "../kit/Loading";
import { Notice } from "../kit/Notice";
import { RegistryContext, registryOf } from "./registry";

const QUERY_KEY = ["job-types"];
const KEY = "loresmith.job-types";
/** The time between two calls while the API is down. */
const RETRY_MS = 3_000;
/** The fields of a job type that are text. */
const TEXTS = ["type", "label", "kind", "singular", "plural", "question", "delivers"] satisfies (keyof JobTypeInfo)[];

interface RegistryProviderProps {
  storage: Storage;
  /** Shown until the API has answered. */
  placeholder?: ReactNode;
  children: ReactNode;
}

/**
 * Reads the job types from the API and provides them to the page.
 *
 * The last answer is stored, so that a page that loads while the API is down still shows its draft.
 */
export function RegistryProvider({ storage, placeholder, children }: RegistryProviderProps) {
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
  return <Loading what="the page" placeholder={placeholder} />;
}

function stored(storage: Storage): JobTypeInfo[] | undefined {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    return isRegistry(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Checks the shape, since another version of the page may have stored the answer. */
function isRegistry(given: unknown): given is JobTypeInfo[] {
  return Array.isArray(given) && given.every(isJobType) && given.some(({ delivers }) => delivers === "world");
}

function isJobType(given: unknown): given is JobTypeInfo {
  const entry = (given ?? {}) as Record<string, unknown>;
  const hasSchema = typeof entry.payload_schema === "object" && entry.payload_schema !== null;
  return TEXTS.every((name) => typeof entry[name] === "string") && Array.isArray(entry.context) && hasSchema;
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
