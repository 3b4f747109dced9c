/** Sums of usage. */

import type { Period, UsageOfDay, UsageSums } from "@loresmith/jobs/library";
import { daysOf } from "./period";

export interface Bar {
  /** A day or a type of job. */
  name: string;
  sums: UsageSums;
}

const NOTHING: UsageSums = {
  jobs: 0,
  failed: 0,
  cancelled: 0,
  llm_calls: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  estimated_cost_usd: null,
};

/** One bar for each day of the period, even for days without jobs. */
export function byDay(usage: readonly UsageOfDay[], period: Required<Period>): Bar[] {
  return daysOf(period).map((name) => ({ name, sums: total(usage.filter(({ day }) => day === name)) }));
}

/** One bar for each type that has jobs, in alphabetical order. */
export function byType(usage: readonly UsageOfDay[]): Bar[] {
  const types = [...new Set(usage.map(({ type }) => type))].sort();
  return types.map((name) => ({ name, sums: total(usage.filter(({ type }) => type === name)) }));
}

export function tokensOf({ prompt_tokens, completion_tokens }: UsageSums): number {
  return prompt_tokens + completion_tokens;
}

function total(sums: readonly UsageSums[]): UsageSums {
  return sums.reduce(added, NOTHING);
}

function added(one: UsageSums, other: UsageSums): UsageSums {
  const costs = [one.estimated_cost_usd, other.estimated_cost_usd].filter((cost) => cost !== null);
  return {
    jobs: one.jobs + other.jobs,
    failed: one.failed + other.failed,
    cancelled: one.cancelled + other.cancelled,
    llm_calls: one.llm_calls + other.llm_calls,
    prompt_tokens: one.prompt_tokens + other.prompt_tokens,
    completion_tokens: one.completion_tokens + other.completion_tokens,
    estimated_cost_usd: costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) : null,
  };
}
