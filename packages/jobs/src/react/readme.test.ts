/** The snippets of the README that configure the hooks run as they are. packages/jobs/e2e runs its components. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { CHARACTERS } from "../testing/polling.js";
import { pass } from "../testing/world.js";
import { configureJobs } from "./useJobsClient.js";
import { useJobPolling } from "./useJobPolling.js";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const SNIPPETS = [...README.matchAll(/```ts\n(.*?configureJobs\(.*?)```/gs)].map(([, code = ""]) => code);
const IMPORT = 'import { configureJobs } from "@loresmith/jobs";';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  configureJobs({});
});

/** Runs a snippet with what its reader has already, then submits a job. Returns the requests to an API that refuses the token "old". */
async function requestsAfter(snippet: string | undefined, given: Record<string, unknown>): Promise<[string, string | null][]> {
  vi.useFakeTimers();
  const requests: [string, string | null][] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const authorization = new Headers(init.headers).get("Authorization");
    requests.push([url, authorization]);
    return Promise.resolve(new Response("{}", { status: authorization === "Bearer old" ? 401 : 400 }));
  });
  const names = { configureJobs, ...given };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is this package's own README
  new Function(...Object.keys(names), snippet?.replace(IMPORT, "") ?? "")(...Object.values(names));
  const { result } = renderHook(() => useJobPolling());
  act(() => void result.current.submit(CHARACTERS));
  await pass();
  return requests;
}

it("has two of them", () => expect(SNIPPETS).toHaveLength(2));

it("the first sets the address and the token", async () => {
  const auth = { getAccessToken: () => Promise.resolve("mine") };
  expect(await requestsAfter(SNIPPETS[0], { auth })).toEqual([["https://jobs.example.com/jobs", "Bearer mine"]]);
});

it("the second gets a new token after a refusal", async () => {
  const getAccessToken = ({ ignoreCache }: { ignoreCache: boolean }) => Promise.resolve(ignoreCache ? "new" : "old");
  expect(await requestsAfter(SNIPPETS[1], { getAccessToken })).toEqual([["/jobs", "Bearer old"], ["/jobs", "Bearer new"]]);
});
