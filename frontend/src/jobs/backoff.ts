/** How long to wait after calls that failed one after the other. */

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/**
 * Milliseconds before the next try: exponential, at most 15 s, with half of it random, so that pages which lost the API
 * together do not come back together. The API's own wish (`retryAfterS`) is a lower bound.
 */
export function backoffMs(failures: number, random: number, retryAfterS: number | null = null): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(ceiling / 2 + (random * ceiling) / 2, (retryAfterS ?? 0) * 1_000);
}
