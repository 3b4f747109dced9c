/** Sending a request that makes a job until it is answered: its Idempotency-Key makes every further try harmless. */

import { asApiError, Refused, type ApiError } from "../api/error";
import type { Job } from "../api/wire";
import { backoffMs } from "./backoff";
import type { Connection } from "./connection";
import type { PollEnvironment } from "./pollJob";
import { sleep } from "./timers";

/** With the pauses of `backoffMs` these bridge about half a minute. */
const TRIES_MAX = 7;
/** Seconds; an API that asks for a longer pause is not waited for, the caller is told. */
const LONGEST_WAIT_S = 15;

export type SubmissionEnvironment = Pick<PollEnvironment, "timers" | "presence" | "random">;

/**
 * The job that `send` makes. Raises the `ApiError` that waiting does not mend, or the last one. Once `signal` is aborted
 * it is not sent again; an answer that is on its way is still waited for.
 */
export async function sendUntilAnswered(
  send: () => Promise<Job>,
  { timers, presence, random }: SubmissionEnvironment,
  onConnection: (connection: Connection) => void,
  signal: AbortSignal,
): Promise<Job> {
  const since = timers.now();
  for (let failures = 1; ; failures += 1) {
    try {
      return await send();
    } catch (thrown) {
      const error = asApiError(thrown);
      if (failures >= TRIES_MAX || !worthAnotherTry(error) || signal.aborted) throw error;
      const delayMs = backoffMs(failures, random(), retryAfterS(error));
      onConnection({ state: "reconnecting", failures, since, nextTryAt: timers.now() + delayMs, error });
      const nudge = new AbortController();
      const unsubscribe = presence.subscribe(() => nudge.abort());
      await sleep(timers, delayMs, AbortSignal.any([signal, nudge.signal]));
      unsubscribe();
      if (isAborted(signal)) throw error;
    }
  }
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
