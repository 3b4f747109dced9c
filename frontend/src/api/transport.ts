/** One HTTP exchange with the API: headers, timeout, and errors as `ApiError`. It has no knowledge of endpoints. */

import { ApiError, Refused, Unreachable } from "./error";
import type { Problem } from "./wire";

export type Fetch = typeof globalThis.fetch;

export interface ApiConfig {
  /** The address of the API, with or without a trailing slash; "" for the page's own origin. */
  baseUrl: string;
  /** The bearer token, if the API requires one. */
  token?: string | undefined;
  fetch: Fetch;
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
  /** The call sends no token: what it asks for is for everybody. */
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
export async function exchange<T>(config: ApiConfig, path: string, call: Call = {}): Promise<Answer<T>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), call.timeoutMs ?? TIMEOUT_MS);
  const signal = call.signal ? AbortSignal.any([call.signal, limit.signal]) : limit.signal;
  try {
    const response = await config.fetch(address(config.baseUrl, path), requestInit(config, call, signal));
    return await read<T>(response, call);
  } catch (error) {
    if (call.signal?.aborted || error instanceof ApiError) throw error;
    throw new Unreachable(limit.signal.aborted ? "timeout" : "network", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function address(baseUrl: string, path: string): string {
  return baseUrl.replace(/\/+$/, "") + path;
}

/** The API forbids caching. Doing so here too would make the browser send a preflight before each call. */
function requestInit({ token }: ApiConfig, { method = "GET", headers, body, isAnonymous = false }: Call, signal: AbortSignal): RequestInit {
  const sent = new Headers(headers);
  if (token && !isAnonymous) sent.set("Authorization", `Bearer ${token}`);
  if (body === undefined) return { method, signal, headers: sent };
  sent.set("Content-Type", "application/json");
  return { method, signal, headers: sent, body: JSON.stringify(body) };
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
  const given = (typeof body === "object" ? body : null) as Partial<Problem> | null;
  return {
    type: given?.type ?? "about:blank",
    title: given?.title ?? (statusText || `HTTP ${status}`),
    status,
    detail: given?.detail ?? `The service answered with an error (${status}). ${adviceOn(status)}`,
    code: given?.code ?? `http_${status}`,
    retryable: given?.retryable ?? isTransient(status),
    ...(given?.errors ? { errors: given.errors } : {}),
    ...(given?.current === undefined ? {} : { current: given.current }),
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
