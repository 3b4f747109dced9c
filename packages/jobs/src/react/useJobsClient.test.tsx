import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { createJobsClient } from "../core/jobsClient.js";
import { FakeApi } from "../testing/fakeApi.js";
import { processingJob } from "../testing/fakeJob.js";
import { CHARACTERS } from "../testing/polling.js";
import { pass } from "../testing/world.js";
import { JobsProvider } from "./JobsProvider.js";
import { useJobPolling } from "./useJobPolling.js";
import { configureJobs, useJobsClient } from "./useJobsClient.js";
import { useJobStatus } from "./useJobStatus.js";
import { useSubmitJob } from "./useSubmitJob.js";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  configureJobs({});
});

it("without a provider, the hooks call the page's own origin", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  const fetch = vi.fn(api.fetch);
  vi.stubGlobal("fetch", fetch);
  const { result } = renderHook(() => useJobPolling());
  act(() => void result.current.submit(CHARACTERS));
  await pass(100);
  expect(fetch.mock.calls[0]?.[0]).toBe("/jobs");
  expect(result.current.job?.id).toBe("job-1");
});

it("without a provider, all hooks share one client", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  api.add(processingJob({ id: "a" }));
  configureJobs({ baseUrl: "http://api", fetch: api.fetch });
  renderHook(() => [useJobStatus("a"), useJobStatus("a")]);
  renderHook(() => useJobStatus("a"));
  await pass(100);
  expect(api.polls.map(({ path }) => path)).toEqual(["/jobs/a", "/jobs/a"]); // One immediate answer, then one long poll.
  const { result } = renderHook(() => useSubmitJob());
  act(() => result.current.mutate(CHARACTERS));
  await pass();
  expect(api.posts).toHaveLength(1);
});

it("configureJobs sets the address and the token of the hooks without a provider", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  configureJobs({ baseUrl: "https://jobs.example/", token: () => "t0ken", fetch: api.fetch });
  const { result } = renderHook(() => useJobPolling());
  act(() => void result.current.submit(CHARACTERS));
  await pass();
  expect(api.posts[0]?.headers.get("Authorization")).toBe("Bearer t0ken");
});

function provided(queryClient: QueryClient) {
  const client = createJobsClient({ queryKeyPrefix: "mine" });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>
      <JobsProvider client={client}>{children}</JobsProvider>
    </QueryClientProvider>
  );
  return renderHook(() => useJobsClient(), { wrapper });
}

it("the hooks use the application's QueryClient, and a prefix for their keys", () => {
  const queryClient = new QueryClient();
  const { result, rerender } = provided(queryClient);
  const first = result.current;
  expect(first.queryClient).toBe(queryClient);
  expect([first.queryKeys.jobs, first.queryKeys.job("a")]).toEqual([["mine", "jobs"], ["mine", "job", "a"]]);
  rerender();
  expect(result.current).toBe(first);
});

it("slots are stored under a prefix", async () => {
  vi.useFakeTimers();
  const api = new FakeApi();
  configureJobs({ baseUrl: "http://api", fetch: api.fetch, storagePrefix: "alice." });
  const { result } = renderHook(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
  act(() => void result.current.submit(CHARACTERS));
  await pass(100);
  expect(Object.keys(localStorage)).toEqual(["alice.job.wizard"]);
});
