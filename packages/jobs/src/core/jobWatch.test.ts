import { afterEach, expect, it, vi } from "vitest";
import { processingJob } from "../testing/fakeJob.js";
import { pageWorld, pass } from "../testing/world.js";
import { watchOf } from "./jobWatch.js";
import type { JobUpdate } from "./pollJob.js";

afterEach(() => {
  vi.useRealTimers();
});

it("gives a new listener the latest known revision", async () => {
  const { api, client } = pageWorld();
  const seen: JobUpdate[] = [];
  api.add(processingJob({ id: "a", revision: 7 }));
  watchOf(client).watch("a", () => undefined, api.job("a"));
  watchOf(client).watch("a", (update) => seen.push(update), processingJob({ id: "a", revision: 3 }));
  await pass();
  expect(seen.map(({ job }) => job?.revision)).toEqual([7]);
});
