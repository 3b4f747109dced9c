import { afterEach, describe, expect, it, vi } from "vitest";
import { createApi } from "./api.js";
import type { Fetch } from "./transport.js";

afterEach(() => {
  vi.useRealTimers();
});

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const fetch = vi.fn<Fetch>(() => Promise.resolve(new Response(status === 304 ? null : text, { status, headers })));
  return { fetch, api: createApi({ baseUrl: "http://api/", token: "t0ken", fetch }) };
}

const sent = (fetch: ReturnType<typeof answering>["fetch"]) => {
  const [address, init] = fetch.mock.calls[0] ?? [];
  return { address, headers: new Headers(init?.headers), body: init?.body };
};

describe("requests", () => {
  it("a submission carries the token, the key and JSON", async () => {
    const { api, fetch } = answering(202, {});
    await api.submitJob({ type: "generate_relics", payload: { theme: "fantasy" } }, "key-1");
    const { address, headers, body } = sent(fetch);
    expect(address).toBe("http://api/jobs");
    expect(headers.get("Authorization")).toBe("Bearer t0ken");
    expect(headers.get("Idempotency-Key")).toBe("key-1");
    expect(body).toBe('{"type":"generate_relics","payload":{"theme":"fantasy"}}');
  });

  it("an estimate is a dry run without a key", async () => {
    const { api, fetch } = answering(200, { llm_calls: 10 });
    expect(await api.estimateJob({ type: "generate_relics", payload: {} })).toEqual({ llm_calls: 10 });
    const { address, headers } = sent(fetch);
    expect(address).toBe("http://api/jobs?dry_run=true");
    expect(headers.has("Idempotency-Key")).toBe(false);
  });

  it("a list of jobs starts at the cursor", async () => {
    const { api, fetch } = answering(200, { jobs: [], next_cursor: null });
    await api.listJobs({ limit: 5, cursor: "a/b" });
    expect(sent(fetch).address).toBe("http://api/jobs?limit=5&cursor=a%2Fb");
  });

  it("a long poll names the revision that it knows without If-None-Match", async () => {
    // With it, the browser would send a preflight before each call (Fetch: it sets the cache mode "no-store").
    const { api, fetch } = answering(200, {});
    await api.readJob("a", { knownRevision: 4, waitS: 20, gatherS: 0.5 });
    const { headers } = sent(fetch);
    expect(headers.get("Prefer")).toBe("wait=20, gather=0.50, after=4");
    expect(headers.has("If-None-Match")).toBe(false);
    expect(fetch.mock.calls[0]?.[1]?.cache).toBeUndefined();
  });

  it("the answer 304 means no change", async () => {
    const { api } = answering(304, null, { "Preference-Applied": "wait=20", "Retry-After": "3" });
    const reading = await api.readJob("a", { knownRevision: 4, waitS: 0, gatherS: 1 });
    expect(reading).toEqual({ job: null, waited: true, retryAfterS: 3 });
  });
});

describe("errors", () => {
  it("an error names every fault in sentences", async () => {
    const errors = [
      { field: "payload.count", message: "must be less than or equal to 10" },
      { field: "payload.theme", message: "must not be empty" },
    ];
    const { api } = answering(400, { detail: "The request has faults.", code: "invalid_request", errors });
    const error = await api.call("/worlds/x").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "invalid_request",
      isTransient: false,
      message: "The request has faults. count must be less than or equal to 10. theme must not be empty.",
    });
  });

  it.each([true, false])("a problem document says whether the error is transient: %s", async (retryable) => {
    const { api } = answering(409, { code: "conflict", detail: "Not now.", retryable });
    await expect(api.call("/worlds/x")).rejects.toMatchObject({ isTransient: retryable });
  });

  it.each([
    [429, true],
    [503, true],
    [401, false],
    [404, false],
    [409, false],
  ])("the status decides it if a gateway answers with HTML: %i is transient: %s", async (status, isTransient) => {
    const { api } = answering(status, "<html>");
    await expect(api.call("/worlds/x")).rejects.toMatchObject({ status, isTransient });
  });

  it("a timeout differs from a missing network", async () => {
    vi.useFakeTimers();
    const hang = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    const slow = createApi({ baseUrl: "", fetch: hang }).call("/worlds/x").catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await slow).toMatchObject({ code: "timeout" });
    const cut = createApi({ baseUrl: "", fetch: () => Promise.reject(new TypeError("Failed to fetch")) });
    await expect(cut.call("/worlds/x")).rejects.toMatchObject({ code: "network", isTransient: true });
  });
});

describe("the end of a call", () => {
  it("an aborted call throws the caller's own reason", async () => {
    const hang = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error)));
    const caller = new AbortController();
    const answer = createApi({ baseUrl: "", fetch: hang }).call("/worlds/x", { signal: caller.signal }).catch((thrown: unknown) => thrown);
    const reason = new Error("aborted by the caller");
    caller.abort(reason);
    expect(await answer).toBe(reason);
  });

  it("an answered call leaves no timer running", async () => {
    vi.useFakeTimers();
    await answering(200, {}).api.call("/worlds/x");
    expect(vi.getTimerCount()).toBe(0);
  });
});
