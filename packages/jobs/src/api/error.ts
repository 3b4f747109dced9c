/**
 * The errors of a call to the API.
 *
 *     ApiError
 *     ├── Refused       the API refused, with a problem document; or a gateway refused, with any other answer
 *     └── Unreachable   the API did not answer: no network, a timeout, an answer that is not JSON, or no token to call it with
 */

import type { Problem } from "./wire.js";

export abstract class ApiError extends Error {
  /** Whether the same call may succeed later. */
  abstract readonly isTransient: boolean;
  /** Machine-readable. */
  abstract readonly code: string;
}

export class Refused extends ApiError {
  readonly isTransient: boolean;
  readonly code: string;
  readonly problem: Problem;
  /** Seconds until the next call that the API asks for; null if it does not say. */
  readonly retryAfterS: number | null;

  constructor(problem: Problem, retryAfterS: number | null = null) {
    super(sentence(problem));
    this.name = "Refused";
    this.problem = problem;
    this.retryAfterS = retryAfterS;
    this.code = problem.code;
    this.isTransient = problem.retryable;
  }

  get status(): number {
    return this.problem.status;
  }
}

export type UnreachableReason = "network" | "timeout" | "not-json" | "token";

const REASONS: Record<UnreachableReason, string> = {
  network: "The service cannot be reached. Check your connection. Running jobs are not lost.",
  timeout: "The service took too long to answer. Running jobs are not lost.",
  token: "You could not be signed in. Try again. Running jobs are not lost.",
  "not-json": "The answer did not come from the service. If this keeps happening, check the address of the API.",
};

export class Unreachable extends ApiError {
  readonly isTransient = true;
  readonly code: string;
  readonly reason: UnreachableReason;

  constructor(reason: UnreachableReason, options?: ErrorOptions) {
    super(REASONS[reason], options);
    this.name = "Unreachable";
    this.reason = reason;
    this.code = reason;
  }
}

/** The thrown value as an `ApiError`. */
export function asApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : new Unreachable("network", { cause: thrown });
}

/** The problem as sentences: what happened, and each fault of the request. */
function sentence({ detail, title, errors }: Problem): string {
  const faults = (errors ?? []).map(({ field, message }) => `${field.replace(/^payload\./, "") || "The request"} ${message}.`);
  return [detail || title, ...faults].join(" ");
}
