/** What a job costs, as a sentence. */

import type { Estimate, Usage } from "../api/wire.js";

const EXACT = new Intl.NumberFormat("en");
const ROUNDED = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const USD = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumSignificantDigits: 2 });

export type Amounts = Pick<Estimate, "llm_calls" | "prompt_tokens" | "completion_tokens" | "estimated_cost_usd">;

/** "About 10 calls, 11,000 tokens, $0.003."; empty without an estimate. */
export function estimateText(estimate: Amounts | undefined): string {
  return estimate ? `About ${amountsText(estimate, ROUNDED)}.` : "";
}

/** "16 calls, 10,520 tokens, $0.002"; empty if the job has made no call yet. */
export function usageText(usage: Usage): string {
  return usage.llm_calls === 0 ? "" : amountsText(usage, EXACT);
}

function amountsText(amounts: Amounts, numbers: Intl.NumberFormat): string {
  const { llm_calls: calls, estimated_cost_usd: cost } = amounts;
  const tokens = numbers.format(amounts.prompt_tokens + amounts.completion_tokens);
  const counted = `${EXACT.format(calls)} ${calls === 1 ? "call" : "calls"}, ${tokens} tokens`;
  return cost === null ? counted : `${counted}, ${USD.format(cost)}`;
}
