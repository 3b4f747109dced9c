/** `pollJob` over a fake API with one running job, "a", and fake timers. For tests. */

import { vi } from "vitest";
import { createApi } from "../api/api.js";
import type { Job } from "../api/wire.js";
import { pollJob, type PollOptions, type JobUpdate } from "../core/pollJob.js";
import { browserTimers } from "../core/timers.js";
import { FakeApi } from "./fakeApi.js";
import { processingJob } from "./fakeJob.js";
import { FakePresence } from "./fakePresence.js";

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
