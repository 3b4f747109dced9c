/** What the hooks need to run: the real client over a fake API, and fake timers. For tests. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { connect } from "../core/connect.js";
import { createJobsClient, type JobsClientOptions } from "../core/jobsClient.js";
import { JobsProvider } from "../react/JobsProvider.js";
import { FakeApi } from "./fakeApi.js";
import { FakePresence } from "./fakePresence.js";

export function pageWorld(options: JobsClientOptions = {}) {
  vi.useFakeTimers();
  const api = new FakeApi();
  const presence = new FakePresence();
  return { api, presence, ...newPage(api, presence, options) };
}

/** Loads the page again, or opens another tab, with the same API. */
export function newPage(api: FakeApi, presence = new FakePresence(), options: JobsClientOptions = {}) {
  const jobs = createJobsClient({ baseUrl: "http://api", fetch: api.fetch, presence, random: () => 1, ...options });
  const queryClient = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>
      <JobsProvider client={jobs}>{children}</JobsProvider>
    </QueryClientProvider>
  );
  const render = <R, P>(hook: (props: P) => R, initialProps?: P) =>
    renderHook(hook, { wrapper, ...(initialProps === undefined ? {} : { initialProps }) });
  return { client: connect(jobs, queryClient), wrapper, render };
}

/** Let time pass, with everything that happens in it. */
export async function pass(ms = 0): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}
