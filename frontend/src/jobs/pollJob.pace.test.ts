import { afterEach, describe, expect, it, vi } from "vitest";
import { completedJob } from "../testing/fakeJob";
import { advance, pollWorld } from "../testing/pollWorld";

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
  it("shows a change at once", async () => {
    const { api, last, watch } = pollWorld();
    watch(api.job("a"));
    await advance(7_000);
    api.set("a", (job) => ({ ...job, progress: 43 }));
    await advance(0);
    expect(last()?.job?.progress).toBe(43);
  });

  it("makes one call per 20 s while nothing changes", async () => {
    const { api, watch } = pollWorld();
    watch(api.job("a"));
    await advance(60_000);
    expect(api.polls).toHaveLength(3);
    expect(api.polls[0]?.headers.get("Prefer")).toBe("wait=20");
  });

  it("asks for an immediate answer first if the job is unknown", async () => {
    // Without a known revision, the API would hold its answer back until the job ends.
    const { api, last, watch } = pollWorld();
    watch();
    await advance(0);
    expect(last()?.job?.status).toBe("processing");
    expect(api.polls[0]?.headers.has("Prefer")).toBe(false);
    await advance(1_000);
    expect(api.polls[1]?.headers.get("If-None-Match")).toBe('"2"');
  });

  it("reads a burst of changes in few calls", async () => {
    const { api, last, watch } = pollWorld();
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
