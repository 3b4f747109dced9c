/** The page's connection to the API while it watches a job. It does not affect the job, which runs on the server. */

import type { ApiError } from "../api/error.js";

export type Connection =
  | { state: "live" }
  /** Calls have failed since `since`; the next is due at `nextTryAt`. Both in milliseconds since 1970. */
  | { state: "reconnecting"; failures: number; since: number; nextTryAt: number; error: ApiError }
  | { state: "paused"; reason: "hidden" | "offline" };

export const LIVE: Connection = { state: "live" };
export const OFFLINE: Connection = { state: "paused", reason: "offline" };
