/** The wait after consecutive failed calls. */

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/**
 * Milliseconds before the next try: exponential, at most 15 s. Half of it is random, so that pages that lost the API
 * together do not all call again at once. `retryAfterS`, which comes from the API, is a lower bound.
 */
export function backoffMs(failures: number, random: number, retryAfterS: number | null = null): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(ceiling / 2 + (random * ceiling) / 2, (retryAfterS ?? 0) * 1_000);
}
