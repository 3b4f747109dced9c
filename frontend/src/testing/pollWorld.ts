/** `pollJob` over a fake API with one running job, "a", and fake timers. For tests. */

import { vi } from "vitest";
import { createApi } from "../api/client";
import type { Job } from "../api/wire";
import { pollJob, type PollOptions, type JobUpdate } from "../jobs/pollJob";
import { browserTimers } from "../jobs/timers";
import { FakeApi } from "./fakeApi";
import { processingJob } from "./fakeJob";
import { FakePresence } from "./fakePresence";

export function pollWorld({ longPolls = true } = {}) {
  vi.useFakeTimers();
  const api = Object.assign(new FakeApi(), { longPolls });
  api.add(processingJob({ id: "a" }));
  const presence = new FakePresence();
  const { readJob } = createApi({ baseUrl: "http://api", fetch: api.fetch });
  const environment = { readJob, timers: browserTimers, presence, random: () => 1 };
  const seen: JobUpdate[] = [];
  const see = (update: JobUpdate) => void seen.push(update);
  const watch = (known: Job | null = null, options: PollOptions = {}) => pollJob("a", environment, see, known, options);
  return { api, presence, environment, seen, see, watch, last: () => seen.at(-1) };
}

export async function advance(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
