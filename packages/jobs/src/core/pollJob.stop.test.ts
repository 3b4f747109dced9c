import { afterEach, describe, expect, it, vi } from "vitest";
import type { JobReading } from "../api/api.js";
import { completedJob, pendingJob, processingJob } from "../testing/fakeJob.js";
import { advance, pollWorld } from "../testing/pollWorld.js";
import { pollJob } from "./pollJob.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("learn", () => {
  it("never goes back to an older revision", async () => {
    const { api, last, watch } = pollWorld();
    api.add(pendingJob({ id: "a" }));
    const poll = watch(api.job("a"));
    await advance(10);
    poll.learn(processingJob({ id: "a", revision: 7, progress: 60 }));
    poll.learn(processingJob({ id: "a", revision: 4, progress: 30 }));
    expect(last()?.job?.progress).toBe(60);
  });

  it("stops the poll if the job has ended", async () => {
    const { api, last, watch } = pollWorld({ longPolls: false });
    const poll = watch(api.job("a"));
    await advance(10);
    poll.learn(completedJob([], { id: "a" }));
    await advance(60_000);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls).toHaveLength(1);
  });
});

describe("stop", () => {
  it("ends the call in progress, and nothing more is reported", async () => {
    const { api, seen, watch } = pollWorld();
    const poll = watch(api.job("a"));
    await advance(10);
    poll.stop();
    const before = seen.length;
    api.set("a", () => completedJob([]));
    await advance(60_000);
    expect(seen).toHaveLength(before);
    expect(api.polls).toHaveLength(1);
  });

  it("drops an answer that has already arrived", async () => {
    const { environment, seen, see } = pollWorld();
    let answer: (reading: JobReading) => void = () => undefined;
    const readJob = () => new Promise<JobReading>((resolve) => (answer = resolve));
    const poll = pollJob("a", { ...environment, readJob }, see);
    await advance(10);
    answer({ job: processingJob({ id: "a" }), waited: false, retryAfterS: null });
    poll.stop();
    await advance(60_000);
    expect(seen).toHaveLength(0);
  });

  it("leaves no timer running", async () => {
    const { api, watch } = pollWorld({ longPolls: false });
    const poll = watch(api.job("a"));
    await advance(10);
    poll.stop();
    await advance(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(["active", "hidden", "offline"] as const)("may be called from onChange: %s", async (state) => {
    const { environment, presence } = pollWorld();
    const onChange = () => poll.stop();
    const poll = pollJob("a", environment, onChange);
    presence.become(state);
    await advance(0);
    expect([vi.getTimerCount(), presence.listenerCount]).toEqual([0, 0]);
  });
});
