import { afterEach, describe, expect, it, vi } from "vitest";
import type { Job } from "../api/wire.js";
import { completedJob, processingJob } from "../testing/fakeJob.js";
import { advance, pollWorld } from "../testing/pollWorld.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("plain polling", () => {
  it("polls every three seconds", async () => {
    const { api, watch } = pollWorld({ longPolls: false });
    watch(api.job("a"));
    await advance(9_100);
    expect(api.polls).toHaveLength(4);
  });

  it("polls less often if the API asks for it", async () => {
    const { api, watch } = pollWorld({ longPolls: false });
    api.retryAfterS = 10;
    watch(api.job("a"));
    await advance(30_100);
    expect(api.polls).toHaveLength(4);
  });

  it("uses the interval of the caller", async () => {
    const { api, watch } = pollWorld({ longPolls: false });
    watch(api.job("a"), { intervalMs: 1_000 });
    await advance(3_100);
    expect(api.polls).toHaveLength(4);
  });

  it("stops when the job ends", async () => {
    const { api, last, watch } = pollWorld({ longPolls: false });
    watch(api.job("a"));
    api.set("a", () => completedJob([]));
    await advance(60_000);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls).toHaveLength(1);
  });
});

describe("long polling", () => {
  it("shows a change together with those that follow", async () => {
    const { api, last, watch } = pollWorld();
    watch(api.job("a"));
    await advance(300);
    api.set("a", (job) => ({ ...job, progress: 43 }));
    await advance(200);
    api.set("a", (job) => ({ ...job, progress: 47 }));
    await advance(50);
    expect(last()?.job?.progress).toBe(47);
    expect(api.polls).toHaveLength(2);
  });

  it("shows the end at once", async () => {
    const { api, last, watch } = pollWorld();
    watch(api.job("a"));
    await advance(12_000);
    api.set("a", (job) => ({ ...job, progress: 90 }));
    await advance(10);
    api.set("a", () => completedJob([]));
    await advance(0);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls).toHaveLength(1);
  });

  it("makes one call per 20 s while nothing changes", async () => {
    const { api, watch } = pollWorld();
    watch(api.job("a"));
    await advance(59_000);
    expect(api.polls).toHaveLength(3);
    expect(api.polls[0]?.headers.get("Prefer")).toBe("wait=20, gather=0.25, after=2");
  });

  it("asks for an immediate answer first if the job is unknown", async () => {
    // Without a known revision, the API would hold its answer back until the job ends.
    const { api, last, watch } = pollWorld();
    watch();
    await advance(0);
    expect(last()?.job?.status).toBe("processing");
    expect(api.polls[0]?.headers.has("Prefer")).toBe(false);
    await advance(1_000);
    expect(api.polls[1]?.headers.get("Prefer")).toBe("wait=20, gather=0.25, after=2");
  });

  it.each([0.4, 3, 15])("follows a job of three characters in seven calls if its LLM takes %d s", async (latencyS) => {
    const { api, last, watch } = pollWorld();
    api.set("a", (job) => ({ ...job, status: "pending" }) as Job);
    watch(api.job("a"));
    for (const { afterS, change } of changesOfThreeCharacters(latencyS)) {
      await advance(afterS * 1_000);
      api.set("a", change);
    }
    await advance(0);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls.length).toBeLessThanOrEqual(7);
  });

  it("keeps its pace if the API answers each change at once", async () => {
    const { api, last, watch } = pollWorld();
    api.gathers = false;
    watch(api.job("a"));
    for (let progress = 21; progress <= 60; progress += 1) {
      api.set("a", (job) => ({ ...job, progress }));
      await advance(25);
    }
    await advance(300);
    expect(last()?.job?.progress).toBe(60);
    expect(api.polls.length).toBeLessThanOrEqual(6);
  });
});

/** The names arrive one after another; then each character needs two calls, whose parts are streamed. */
function changesOfThreeCharacters(latencyS: number): { afterS: number; change: (job: Job) => Job }[] {
  const names = [1, 2, 3].map((name) => (name * latencyS) / 3);
  const parts = names.flatMap((at) => [1 / 3, 1 / 2, 2 / 3, 1, 1].map((share) => at + share * latencyS));
  const times = [0.02, 0.04, ...names, ...parts].sort((one, other) => one - other);
  const change = (number: number) => (job: Job) =>
    number === times.length - 1 ? completedJob([]) : processingJob({ ...job, progress: number });
  return times.map((at, number) => ({ afterS: at - (times[number - 1] ?? 0), change: change(number) }));
}
