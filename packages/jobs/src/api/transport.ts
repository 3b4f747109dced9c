/** One HTTP exchange with the API: headers, timeout, and errors as `ApiError`. It has no knowledge of endpoints. */

import { unlessAborted } from "./abort.js";
import { ApiError, Refused, Unreachable } from "./error.js";
import { tokenFrom, type Token } from "./token.js";
import type { Problem } from "./wire.js";

export type Fetch = typeof globalThis.fetch;

export interface ApiOptions {
  /** The address of the API, with or without a trailing slash. The default is the page's own origin. */
  baseUrl?: string | undefined;
  /** The bearer token, or a function that gets it, if the API requires one. */
  token?: Token | undefined;
  /** The default is the browser's `fetch`. */
  fetch?: Fetch | undefined;
}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Milliseconds until the call times out. */
  timeoutMs?: number;
  /** "file": the answer is a file, as a `Blob`. Otherwise it is JSON. */
  as?: "file";
  /** The call sends no token: anyone may make it. */
  isAnonymous?: boolean;
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  /** null if the status is 304. */
  body: T;
}

const TIMEOUT_MS = 15_000;

/**
 * Send one request. Throws `Refused` or `Unreachable`. If `call.signal` is aborted, throws its reason unchanged.
 */
export async function exchange<T>(options: ApiOptions, path: string, call: Call = {}): Promise<Answer<T>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), call.timeoutMs ?? TIMEOUT_MS);
  const signal = call.signal ? AbortSignal.any([call.signal, limit.signal]) : limit.signal;
  try {
    return await read<T>(await unlessAborted(authorized(options, path, call, signal), signal), call);
  } catch (error) {
    if (call.signal?.aborted || error instanceof ApiError) throw error;
    throw new Unreachable(limit.signal.aborted ? "timeout" : "network", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Sends the request with a token. If the API refuses the token, sends it once more with a new one. */
async function authorized(options: ApiOptions, path: string, call: Call, signal: AbortSignal): Promise<Response> {
  const { baseUrl = "", fetch = globalThis.fetch } = options;
  const source = call.isAnonymous ? undefined : options.token;
  const address = baseUrl.replace(/\/+$/, "") + path;
  const send = (token: string | undefined) => fetch(address, requestInit(token, call, signal));
  const token = await tokenFrom(source);
  const response = await send(token);
  if (response.status !== 401 || typeof source !== "function") return response;
  const renewed = await tokenFrom(source, token);
  return renewed === token ? response : send(renewed);
}

/** The API forbids caching. Doing so here too would make the browser send a preflight before each call. */
function requestInit(token: string | undefined, { method = "GET", headers, body }: Call, signal: AbortSignal): RequestInit {
  const sent = new Headers(headers);
  if (token) sent.set("Authorization", `Bearer ${token}`);
  if (body !== undefined) sent.set("Content-Type", "application/json");
  return { method, signal, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

async function read<T>(response: Response, { as }: Call): Promise<Answer<T>> {
  const { status, headers } = response;
  if (status === 304) return { status, headers, body: null as T };
  if (as === "file" && response.ok) return { status, headers, body: (await response.blob()) as T };
  const body = await parse(response);
  if (!response.ok) throw new Refused(asProblem(body, response), retryAfterS(headers));
  return { status, headers, body: body as T };
}

/** Throws `Unreachable` for a 2xx that is not JSON: it comes from a proxy, not from the API. */
async function parse(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (response.ok) throw new Unreachable("not-json", { cause: error });
    return null;
  }
}

/** The answer as a problem document. A gateway's answer is none, so the status decides what it means. */
function asProblem(body: unknown, { status, statusText }: Response): Problem {
  return {
    type: "about:blank",
    title: statusText || `HTTP ${status}`,
    status,
    detail: `The service answered with an error (${status}). ${adviceOn(status)}`,
    code: `http_${status}`,
    retryable: isTransient(status),
    ...(typeof body === "object" ? body : null),
  };
}

/** Whether the status means "not now" (RFC 9110, RFC 8470, RFC 6585). Every other 4xx is permanent. */
function isTransient(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403) return "Sign in again.";
  return isTransient(status) ? "Try again in a minute." : "Check the address of the API.";
}

/** The seconds in `Retry-After`; null if it is missing or a date. */
export function retryAfterS(headers: Headers): number | null {
  const given = headers.get("Retry-After");
  return given !== null && /^\d{1,6}$/.test(given) ? Number(given) : null;
}
