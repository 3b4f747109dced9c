import { afterEach, expect, it, vi } from "vitest";
import { processingJob } from "../testing/fakeJob";
import { pageWorld, pass } from "../testing/world";
import type { JobUpdate } from "./pollJob";

afterEach(() => {
  vi.useRealTimers();
});

it("gives a new listener the latest known revision", async () => {
  const { api, client } = pageWorld();
  const seen: JobUpdate[] = [];
  api.add(processingJob({ id: "a", revision: 7 }));
  client.watch.watch("a", () => undefined, api.job("a"));
  client.watch.watch("a", (update) => seen.push(update), processingJob({ id: "a", revision: 3 }));
  await pass();
  expect(seen.map(({ job }) => job?.revision)).toEqual([7]);
});
