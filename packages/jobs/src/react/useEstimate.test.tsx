import { afterEach, expect, it, vi } from "vitest";
import type { JobRequest } from "../api/wire.js";
import { pageWorld, pass } from "../testing/world.js";
import { useEstimate } from "./useEstimate.js";

afterEach(() => {
  vi.useRealTimers();
});

function relics(theme: string): JobRequest {
  return { type: "generate_relics", payload: { theme } };
}

function estimating(request: JobRequest | null) {
  const world = pageWorld();
  return { ...world, ...world.render((shown: JobRequest | null) => useEstimate(shown), request) };
}

/** Waits until the request has stayed the same long enough, and then until the answer is shown. */
async function settle() {
  await pass(600);
  await pass(600);
}

it("asks for the estimate of a request, and makes no job", async () => {
  const { api, result } = estimating(relics("fantasy"));
  await settle();
  expect(result.current).toMatchObject({ llm_calls: 10, basis: "default" });
  expect(api.dryRuns).toMatchObject([{ body: relics("fantasy") }]);
  expect(api.jobs.size).toBe(0);
});

it("asks once for a request that changes quickly, and keeps the earlier estimate until then", async () => {
  const { api, result, rerender } = estimating(relics("fantasy"));
  await settle();
  api.estimate = { ...api.estimate, llm_calls: 20 };
  for (const theme of ["s", "st", "ste"]) {
    rerender(relics(theme));
    await pass(100);
    expect(result.current).toMatchObject({ llm_calls: 10 });
  }
  await settle();
  expect(result.current).toMatchObject({ llm_calls: 20 });
  expect(api.dryRuns).toHaveLength(2);
});

it("does not ask twice for the same request within a minute", async () => {
  const { api, rerender } = estimating(relics("a"));
  for (const theme of ["b", "a"]) {
    await settle();
    rerender(relics(theme));
  }
  await settle();
  expect(api.dryRuns).toHaveLength(2);
});

it("is undefined without a request", async () => {
  const { api, result, rerender } = estimating(relics("fantasy"));
  await settle();
  rerender(null);
  await settle();
  expect(result.current).toBeUndefined();
  expect(api.dryRuns).toHaveLength(1);
});

it.each(["network", "hang", { status: 400 }, { status: 429 }, { status: 503 }] as const)(
  "is undefined if the API fails: %s",
  async (trouble) => {
    const { api, result, rerender } = estimating(null);
    api.trouble = trouble;
    rerender(relics("fantasy"));
    await settle();
    await pass(60_000);
    expect(result.current).toBeUndefined();
    expect(api.requests).toHaveLength(1);
  },
);

it("is undefined if the API fails, although the queries of the application throw their errors", async () => {
  const { api, client, render } = pageWorld();
  client.queryClient.setDefaultOptions({ queries: { throwOnError: true } });
  api.trouble = { status: 400 };
  const { result } = render(() => useEstimate(relics("fantasy")));
  await settle();
  expect(api.dryRuns).toHaveLength(1);
  expect(result.current).toBeUndefined();
});
