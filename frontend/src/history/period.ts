/** The periods to choose from. Days are UTC dates, as the API counts them. */

import type { Period } from "@loresmith/jobs/library";

export const PERIODS = { week: "Last 7 days", month: "Last 30 days", quarter: "Last 90 days", year: "Last 365 days" };
export type PeriodName = keyof typeof PERIODS;

const DAYS: Record<PeriodName, number> = { week: 7, month: 30, quarter: 90, year: 365 };
const DAY_MS = 86_400_000;

/** The period that ends today. */
export function periodOf(name: PeriodName, today: Date): Required<Period> {
  return { from: dayOf(today.getTime() - (DAYS[name] - 1) * DAY_MS), to: dayOf(today.getTime()) };
}

/** All days of the period, in order. */
export function daysOf({ from, to }: Required<Period>): string[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: Math.round((end - start) / DAY_MS) + 1 }, (_, index) => dayOf(start + index * DAY_MS));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
