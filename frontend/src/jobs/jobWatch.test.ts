import { afterEach, expect, it, vi } from "vitest";
import { processingJob } from "../testing/fakeJob";
import { pageWorld, pass } from "../testing/world";
import type { Sighting } from "./pollJob";

afterEach(() => {
  vi.useRealTimers();
});

it("tells a newcomer who knows less of the job what is known already", async () => {
  const { api, client } = pageWorld();
  const seen: Sighting[] = [];
  api.add(processingJob({ id: "a", revision: 7 }));
  client.watch.watch("a", () => undefined, api.job("a"));
  client.watch.watch("a", (sighting) => seen.push(sighting), processingJob({ id: "a", revision: 3 }));
  await pass();
  expect(seen.map(({ job }) => job?.revision)).toEqual([7]);
});
