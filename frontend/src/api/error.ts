/**
 * The errors of a call to the API.
 *
 *     ApiError
 *     ├── Refused       the API answered, with a problem document
 *     └── Unreachable   no answer of the API came: no network, a time-out, or something that is not its JSON
 */

import type { Problem } from "./wire";

export abstract class ApiError extends Error {
  /** Whether the same call may succeed later, with nobody changing anything. */
  abstract readonly isTransient: boolean;
  /** Machine-readable. */
  abstract readonly code: string;
}

/** 408 and 429 mean "not now" (RFC 9110, RFC 6585); every other 4xx stays what it is. */
const TRANSIENT_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

export class Refused extends ApiError {
  readonly isTransient: boolean;
  readonly code: string;

  constructor(
    readonly problem: Problem,
    /** Seconds after which the API wants to be asked again, where it says so. */
    readonly retryAfterS: number | null = null,
  ) {
    super(sentence(problem));
    this.name = "Refused";
    this.code = problem.code;
    this.isTransient = problem.status >= 500 || TRANSIENT_REFUSALS.has(problem.status);
  }

  get status(): number {
    return this.problem.status;
  }
}

export type Silence = "network" | "timeout" | "not-json";

const SILENCES: Record<Silence, string> = {
  network: "The service cannot be reached. Check your connection; nothing that was started is lost.",
  timeout: "The service took too long to answer. Nothing that was started is lost.",
  "not-json": "Something other than the service answered. If this goes on, check the address of the API.",
};

export class Unreachable extends ApiError {
  readonly isTransient = true;
  readonly code: string;

  constructor(readonly silence: Silence, options?: ErrorOptions) {
    super(SILENCES[silence], options);
    this.name = "Unreachable";
    this.code = silence;
  }
}

/** Whatever was thrown, as an error of ours. */
export function asApiError(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : new Unreachable("network", { cause: thrown });
}

/** The problem as sentences: what happened, and each fault of the request. */
function sentence({ detail, title, errors }: Problem): string {
  const faults = (errors ?? []).map(({ field, message }) => `${field.replace(/^payload\./, "") || "The request"} ${message}.`);
  return [detail || title, ...faults].join(" ");
}
