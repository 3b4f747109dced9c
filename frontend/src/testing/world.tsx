/** What a page needs to run: the real client over a fake API, and fake timers. For tests. */

import type { JobsClientOptions } from "@loresmith/jobs";
import { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { FakePresence } from "@loresmith/jobs/testing/fakePresence";
import { newPage as newJobs } from "@loresmith/jobs/testing/world";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { createDesk, EditingProvider } from "../editing/EditingProvider";
import { RegistryContext, registryOf } from "../registry/registry";

export { pass } from "@loresmith/jobs/testing/world";

export function pageWorld(options: JobsClientOptions = {}) {
  vi.useFakeTimers();
  const api = new FakeApi();
  const presence = new FakePresence();
  return { api, presence, ...newPage(api, presence, options) };
}

/** Loads the page again, or opens another tab, with the same API. */
export function newPage(api: FakeApi, presence = new FakePresence(), options: JobsClientOptions = {}) {
  const { client, wrapper: Jobs } = newJobs(api, presence, options);
  const registry = registryOf(api.jobTypes);
  const desk = createDesk(client, localStorage, window);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <Jobs>
      <RegistryContext value={registry}>
        <EditingProvider desk={desk}>{children}</EditingProvider>
      </RegistryContext>
    </Jobs>
  );
  const render = <R, P>(hook: (props: P) => R, initialProps?: P) =>
    renderHook(hook, { wrapper, ...(initialProps === undefined ? {} : { initialProps }) });
  return { client, desk, wrapper, render };
}
