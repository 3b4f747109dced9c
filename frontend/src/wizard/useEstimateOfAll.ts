import { useJobsClient, useQuiet, type Amounts, type JobRequest } from "@loresmith/jobs";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";

/** How long the requests must stay the same before the API is asked, milliseconds: not while the user is typing. */
const QUIET_MS = 500;
/** How long an answer is reused, milliseconds. Averages change slowly. */
const FRESH_MS = 60_000;

/** What the jobs of these requests are expected to cost together. undefined as with `useEstimate`, and without requests. */
export function useEstimateOfAll(requests: JobRequest[]): Amounts | undefined {
  const { api } = useJobsClient();
  const isAsked = requests.length > 0;
  const isQuiet = useQuiet(JSON.stringify(requests), QUIET_MS, isAsked);
  const { data } = useQuery({
    queryKey: ["estimates", requests],
    queryFn: isAsked ? ({ signal }) => Promise.all(requests.map((each) => api.estimateJob(each, signal))) : skipToken,
    enabled: isQuiet,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    retry: false,
  });
  return isAsked ? data?.reduce<Amounts>(sum, NOTHING) : undefined;
}

const NOTHING: Amounts = { llm_calls: 0, prompt_tokens: 0, completion_tokens: 0, estimated_cost_usd: 0 };

function sum(one: Amounts, other: Amounts): Amounts {
  const costs = [one.estimated_cost_usd, other.estimated_cost_usd];
  return {
    llm_calls: one.llm_calls + other.llm_calls,
    prompt_tokens: one.prompt_tokens + other.prompt_tokens,
    completion_tokens: one.completion_tokens + other.completion_tokens,
    estimated_cost_usd: costs.includes(null) ? null : costs.reduce<number>((all, cost) => all + (cost ?? 0), 0),
  };
}
