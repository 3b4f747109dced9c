/** Sending a request that makes a job until it is answered: its Idempotency-Key makes every further try harmless. */

import { asApiError, Refused, type ApiError } from "../api/error";
import type { Job } from "../api/wire";
import { backoffMs } from "./backoff";
import { OFFLINE, type Connection } from "./connection";
import { OFFLINE_PROBE_MS, type PollEnvironment } from "./pollJob";
import type { Presence } from "./presence";
import { sleep, type Timers } from "./timers";

/** With the pauses of `backoffMs` these bridge about half a minute. */
const TRIES_MAX = 7;
/** Seconds; an API that asks for a longer pause is not waited for, the caller is told. */
const LONGEST_WAIT_S = 15;

export type SubmissionEnvironment = Pick<PollEnvironment, "timers" | "presence" | "random">;

/**
 * The job that `send` makes. Raises the `ApiError` that waiting does not mend, or the last one. Once `signal` is aborted
 * it is not sent again, and nothing more is told; an answer that is on its way is still waited for. Without a network it
 * waits for one, and what failed meanwhile does not count.
 */
export async function sendUntilAnswered(
  send: () => Promise<Job>,
  { timers, presence, random }: SubmissionEnvironment,
  onConnection: (connection: Connection) => void,
  signal: AbortSignal,
): Promise<Job> {
  const since = timers.now();
  for (let failures = 0; ; ) {
    try {
      return await send();
    } catch (thrown) {
      const error = asApiError(thrown);
      const isOffline = presence.state === "offline";
      failures = isOffline ? 0 : failures + 1;
      if (failures >= TRIES_MAX || !worthAnotherTry(error) || signal.aborted) throw error;
      const delayMs = isOffline ? OFFLINE_PROBE_MS : backoffMs(failures, random(), retryAfterS(error));
      const nextTryAt = timers.now() + delayMs;
      onConnection(isOffline ? OFFLINE : { state: "reconnecting", failures, since, nextTryAt, error });
      await sleepUntilChange(presence, timers, delayMs, signal);
      if (isAborted(signal)) throw error;
    }
  }
}

/** Ends early once the network comes or goes, the page is hidden or seen, or `signal` is aborted. */
async function sleepUntilChange(presence: Presence, timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  const change = new AbortController();
  const unsubscribe = presence.subscribe(() => change.abort());
  await sleep(timers, delayMs, AbortSignal.any([signal, change.signal]));
  unsubscribe();
}

function worthAnotherTry(error: ApiError): boolean {
  return error.isTransient && (retryAfterS(error) ?? 0) <= LONGEST_WAIT_S;
}

function retryAfterS(error: ApiError): number | null {
  return error instanceof Refused ? error.retryAfterS : null;
}

/** Read anew: what it was before an `await` says nothing. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
