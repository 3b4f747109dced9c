/** How the page stands with the API while it watches a job. The job itself goes on, whatever stands here. */

import type { ApiError } from "../api/error";

export type Connection =
  | { state: "live" }
  /** Calls fail; the next is due at `nextTryAt` (ms since 1970). */
  | { state: "reconnecting"; failures: number; since: number; nextTryAt: number; error: ApiError }
  | { state: "paused"; reason: "hidden" | "offline" };

export const LIVE: Connection = { state: "live" };
export const OFFLINE: Connection = { state: "paused", reason: "offline" };
