/** Resends a request that makes a job until it is answered. Its Idempotency-Key makes further tries harmless. */

import { asApiError, Refused, type ApiError } from "../api/error.js";
import type { Job } from "../api/wire.js";
import { backoffMs } from "./backoff.js";
import { OFFLINE, type Connection } from "./connection.js";
import { OFFLINE_PROBE_MS, type PollEnvironment } from "./pollJob.js";
import type { Presence } from "./presence.js";
import { sleep, type Timers } from "./timers.js";

/** With the pauses of `backoffMs`, these cover about half a minute. */
const TRIES_MAX = 7;
/** If the API asks for a longer pause, the submission fails at once. */
const LONGEST_WAIT_S = 15;

export type SubmissionEnvironment = Pick<PollEnvironment, "timers" | "presence" | "random">;

/**
 * The job that `send` makes. Throws a permanent `ApiError` at once, and a transient one after the last try.
 *
 * Once `signal` is aborted, nothing is resent or reported, but the answer to a request in progress is still returned.
 * While the browser is offline, it waits for the network, and failed tries do not count.
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

/** Sleep; ends early if the presence changes or `signal` is aborted. */
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

/** A function, since TypeScript assumes that the value from before an `await` still holds. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
