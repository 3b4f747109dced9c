/** What a page needs to run: the real client over a fake API, and fake timers. For tests. */

import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { createApi } from "../api/client";
import { createDesk, EditingProvider } from "../editing/EditingProvider";
import { createJobsClient, type JobsClientOptions } from "../jobs/client";
import { JobsProvider } from "../jobs/JobsProvider";
import { RegistryContext, registryOf } from "../registry/registry";
import { FakeApi } from "./fakeApi";
import { FakePresence } from "./fakePresence";

export function pageWorld(options: Partial<JobsClientOptions> = {}) {
  vi.useFakeTimers();
  const api = new FakeApi();
  const presence = new FakePresence();
  return { api, presence, ...newPage(api, presence, options) };
}

/** Loads the page again, or opens another tab, with the same API. */
export function newPage(api: FakeApi, presence = new FakePresence(), options: Partial<JobsClientOptions> = {}) {
  const real = createApi({ baseUrl: "http://api", fetch: api.fetch });
  const client = createJobsClient({ api: real, presence, random: () => 1, ...options });
  const registry = registryOf(api.jobTypes);
  const desk = createDesk(client, localStorage, window);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <JobsProvider client={client}>
      <RegistryContext value={registry}>
        <EditingProvider desk={desk}>{children}</EditingProvider>
      </RegistryContext>
    </JobsProvider>
  );
  const render = <R, P>(hook: (props: P) => R, initialProps?: P) =>
    renderHook(hook, { wrapper, ...(initialProps === undefined ? {} : { initialProps }) });
  return { client, desk, wrapper, render };
}

/** Let time pass, with everything that happens in it. */
export async function pass(ms = 0): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}
