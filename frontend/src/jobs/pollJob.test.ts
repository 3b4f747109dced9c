import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi, type JobReading } from "../api/client";
import type { Job } from "../api/wire";
import { FakeApi } from "../testing/fakeApi";
import { completedJob, pendingJob, processingJob } from "../testing/fakeJob";
import { FakePresence } from "../testing/fakePresence";
import { pollJob, type PollOptions, type Sighting } from "./pollJob";
import { browserTimers } from "./timers";

let api: FakeApi;
let presence: FakePresence;
let seen: Sighting[];

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi();
  presence = new FakePresence();
  seen = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function watch(jobId: string, known: Job | null = null, options: PollOptions = {}) {
  const { readJob } = createApi({ baseUrl: "http://api", fetch: api.fetch });
  const environment = { readJob, timers: browserTimers, presence, random: () => 1 };
  return pollJob(jobId, environment, (sighting) => seen.push(sighting), known, options);
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const last = () => seen.at(-1);

describe("plain polling", () => {
  beforeEach(() => {
    api.longPolls = false;
    api.add(processingJob({ id: "a" }));
  });

  it("asks every three seconds", async () => {
    watch("a", api.job("a"));
    await pass(9_100);
    expect(api.polls).toHaveLength(4);
  });

  it("asks less often where the API wishes so", async () => {
    api.retryAfterS = 10;
    watch("a", api.job("a"));
    await pass(30_100);
    expect(api.polls).toHaveLength(4);
  });

  it("takes an interval of the caller's", async () => {
    watch("a", api.job("a"), { intervalMs: 1_000 });
    await pass(3_100);
    expect(api.polls).toHaveLength(4);
  });

  it("stops at the end of the job and asks no more", async () => {
    watch("a", api.job("a"));
    api.set("a", () => completedJob([]));
    await pass(60_000);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls).toHaveLength(1);
  });
});

describe("long polling", () => {
  beforeEach(() => api.add(processingJob({ id: "a" })));

  it("shows news at once", async () => {
    watch("a", api.job("a"));
    await pass(7_000);
    api.set("a", (job) => ({ ...job, progress: 43 }));
    await pass(0);
    expect(last()?.job?.progress).toBe(43);
  });

  it("asks once per 20 s while nothing happens", async () => {
    watch("a", api.job("a"));
    await pass(60_000);
    expect(api.polls).toHaveLength(3);
    expect(api.polls[0]?.headers.get("Prefer")).toBe("wait=20");
  });

  it("first asks for an answer at once where it knows nothing of the job", async () => {
    // Without a known revision the API would hold its answer back until the job ends.
    watch("a");
    await pass(0);
    expect(last()?.job?.status).toBe("processing");
    expect(api.polls[0]?.headers.has("Prefer")).toBe(false);
    await pass(1_000);
    expect(api.polls[1]?.headers.get("If-None-Match")).toBe('"2"');
  });

  it("takes a burst of news in few calls", async () => {
    watch("a", api.job("a"));
    for (let progress = 21; progress <= 60; progress += 1) {
      api.set("a", (job) => ({ ...job, progress }));
      await pass(25);
    }
    await pass(300);
    expect(last()?.job?.progress).toBe(60);
    expect(api.polls.length).toBeLessThanOrEqual(6);
  });
});

describe("when polls fail", () => {
  beforeEach(() => api.add(processingJob({ id: "a" })));

  it("survives one 502", async () => {
    watch("a", api.job("a"));
    api.trouble = { status: 502 };
    await pass(100);
    expect(last()?.connection.state).toBe("reconnecting");
    api.trouble = null;
    await pass(2_000);
    expect(last()).toMatchObject({ connection: { state: "live" }, fault: null });
  });

  it("survives a minute without an API and says since when", async () => {
    const start = Date.now();
    watch("a", api.job("a"));
    api.trouble = "network";
    await pass(60_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", since: start });
    api.trouble = null;
    api.set("a", () => completedJob([]));
    await pass(15_000);
    expect(last()?.job?.status).toBe("completed");
  });

  it("counts anew once it has been answered", async () => {
    api.longPolls = false;
    watch("a", api.job("a"));
    api.trouble = "network";
    await pass(16_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", failures: 5 });
    api.trouble = null;
    await pass(15_000);
    const answered = Date.now();
    api.trouble = "network";
    await pass(3_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", failures: 1, since: answered + 2_300 });
  });

  it("asks less and less often", async () => {
    watch("a", api.job("a"));
    api.trouble = "network";
    await pass(16_000);
    expect(api.polls).toHaveLength(5);
    await pass(60_000);
    expect(api.polls).toHaveLength(9);
  });

  it("gives up a call that is never answered, and asks again", async () => {
    watch("a", api.job("a"));
    api.trouble = "hang";
    await pass(30_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", error: { code: "timeout" } });
  });

  it("comes back no sooner than the API asked", async () => {
    watch("a", api.job("a"));
    api.trouble = { status: 503, headers: { "Retry-After": "12" } };
    await pass(11_900);
    expect(api.polls).toHaveLength(1);
    await pass(200);
    expect(api.polls).toHaveLength(2);
  });

  it("takes a proxy's HTML page for an outage, not for a job", async () => {
    const html = () => Promise.resolve(new Response("<html>", { status: 200 }));
    const { readJob } = createApi({ baseUrl: "", fetch: html });
    pollJob("a", { readJob, timers: browserTimers, presence, random: () => 1 }, (sighting) => seen.push(sighting));
    await pass(100);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", error: { code: "not-json" } });
  });

  it.each([404, 401, 400])("ends with a fault on %i", async (status) => {
    watch("a", api.job("a"));
    api.trouble = { status };
    await pass(100_000);
    expect(last()?.fault).toMatchObject({ status });
    expect(api.polls).toHaveLength(1);
  });
});

describe("when nobody looks or the network is gone", () => {
  beforeEach(() => api.add(processingJob({ id: "a" })));

  it("asks nothing in a hidden tab, and at once when it is seen again", async () => {
    watch("a", api.job("a"));
    await pass(100);
    presence.become("hidden");
    await pass(600_000);
    expect(api.polls).toHaveLength(1);
    expect(last()?.connection).toEqual({ state: "paused", reason: "hidden" });
    api.set("a", () => completedJob([]));
    presence.become("active");
    await pass(0);
    expect(last()?.job?.status).toBe("completed");
  });

  it("knows where it stands as soon as it is seen again, also without news", async () => {
    watch("a", api.job("a"));
    presence.become("hidden");
    await pass(60_000);
    presence.become("active");
    await pass(0);
    expect(last()?.connection.state).toBe("live");
  });

  it("waits while offline, and asks at once when the network is back", async () => {
    watch("a", api.job("a"));
    await pass(100);
    api.trouble = "network";
    presence.become("offline");
    await pass(29_000);
    expect(api.polls).toHaveLength(1);
    expect(last()?.connection).toEqual({ state: "paused", reason: "offline" });
    api.trouble = null;
    presence.become("active");
    await pass(0);
    expect(api.polls).toHaveLength(2);
  });

  it("works where the browser wrongly says that it is offline", async () => {
    presence.become("offline");
    watch("a");
    await pass(0);
    expect(last()?.job?.status).toBe("processing");
  });

  it("cuts a pause between failed calls short when the network comes back", async () => {
    watch("a", api.job("a"));
    api.trouble = "network";
    await pass(40_000);
    const before = api.polls.length;
    presence.become("active");
    await pass(0);
    expect(api.polls.length).toBe(before + 1);
  });
});

describe("what the watcher is told", () => {
  it("never takes a job back to an older revision", async () => {
    api.add(pendingJob({ id: "a" }));
    const poll = watch("a", api.job("a"));
    await pass(10);
    poll.learn(processingJob({ id: "a", revision: 7, progress: 60 }));
    poll.learn(processingJob({ id: "a", revision: 4, progress: 30 }));
    expect(last()?.job?.progress).toBe(60);
  });

  it("asks no more once it has learned that the job has ended", async () => {
    api.longPolls = false;
    api.add(processingJob({ id: "a" }));
    const poll = watch("a", api.job("a"));
    await pass(10);
    poll.learn(completedJob([], { id: "a" }));
    await pass(60_000);
    expect(last()?.job?.status).toBe("completed");
    expect(api.polls).toHaveLength(1);
  });

  it("hears nothing after stop, not even an answer that had come in", async () => {
    let answer: (reading: JobReading) => void = () => undefined;
    const readJob = () => new Promise<JobReading>((resolve) => (answer = resolve));
    const poll = pollJob("a", { readJob, timers: browserTimers, presence, random: () => 1 }, (sighting) => seen.push(sighting));
    await pass(10);
    answer({ job: processingJob({ id: "a" }), waited: false, retryAfterS: null });
    poll.stop();
    await pass(60_000);
    expect(seen).toHaveLength(0);
  });

  it.each(["active", "hidden", "offline"] as const)("may stop the watch from within what it is told: %s", async (state) => {
    api.add(processingJob({ id: "a" }));
    const { readJob } = createApi({ baseUrl: "http://api", fetch: api.fetch });
    const onChange = () => poll.stop();
    const poll = pollJob("a", { readJob, timers: browserTimers, presence, random: () => 1 }, onChange);
    presence.become(state);
    await pass(0);
    expect([vi.getTimerCount(), presence.listenerCount]).toEqual([0, 0]);
  });

  it("leaves no timer running after stop", async () => {
    api.longPolls = false;
    api.add(processingJob({ id: "a" }));
    const poll = watch("a", api.job("a"));
    await pass(10);
    poll.stop();
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("hears nothing after stop", async () => {
    api.add(processingJob({ id: "a" }));
    const poll = watch("a", api.job("a"));
    await pass(10);
    poll.stop();
    const before = seen.length;
    api.set("a", () => completedJob([]));
    await pass(60_000);
    expect(seen).toHaveLength(before);
    expect(api.polls).toHaveLength(1);
  });
});
