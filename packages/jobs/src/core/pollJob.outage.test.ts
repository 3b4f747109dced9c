import { afterEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../api/api.js";
import { completedJob } from "../testing/fakeJob.js";
import { advance, pollWorld } from "../testing/pollWorld.js";
import { pollJob } from "./pollJob.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("outages", () => {
  it("failed calls do not end the poll, and the connection says when they began", async () => {
    const { api, last, watch } = pollWorld();
    const start = Date.now();
    watch(api.job("a"));
    api.trouble = "network";
    await advance(60_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", since: start });
    api.trouble = null;
    api.set("a", () => completedJob([]));
    await advance(15_000);
    expect(last()?.job?.status).toBe("completed");
  });

  it("failed calls are counted from one again after an answer", async () => {
    const { api, last, watch } = pollWorld({ longPolls: false });
    watch(api.job("a"));
    api.trouble = "network";
    await advance(16_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", failures: 5 });
    api.trouble = null;
    await advance(15_000);
    const answered = Date.now();
    api.trouble = "network";
    await advance(2_500);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", failures: 1, since: answered + 2_000 });
  });

  it("failed calls are repeated less and less often", async () => {
    const { api, watch } = pollWorld();
    watch(api.job("a"));
    api.trouble = "network";
    await advance(16_000);
    expect(api.polls).toHaveLength(5);
    await advance(60_000);
    expect(api.polls).toHaveLength(9);
  });

  it("a failed call is not repeated sooner than the API asks", async () => {
    const { api, watch } = pollWorld();
    watch(api.job("a"));
    api.trouble = { status: 503, headers: { "Retry-After": "12" } };
    await advance(11_900);
    expect(api.polls).toHaveLength(1);
    await advance(200);
    expect(api.polls).toHaveLength(2);
  });

  it("a call that times out is a failed call", async () => {
    const { api, last, watch } = pollWorld();
    watch(api.job("a"));
    api.trouble = "hang";
    await advance(30_000);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", error: { code: "timeout" } });
  });

  it("an HTML page from a proxy is a failed call", async () => {
    const { environment, see, last } = pollWorld();
    const html = () => Promise.resolve(new Response("<html>", { status: 200 }));
    const { readJob } = createApi({ baseUrl: "", fetch: html });
    pollJob("a", { ...environment, readJob }, see);
    await advance(100);
    expect(last()?.connection).toMatchObject({ state: "reconnecting", error: { code: "not-json" } });
  });

  it.each([404, 401, 400])("the status %i ends the poll with a fault", async (status) => {
    const { api, last, watch } = pollWorld();
    watch(api.job("a"));
    api.trouble = { status };
    await advance(100_000);
    expect(last()?.fault).toMatchObject({ status });
    expect(api.polls).toHaveLength(1);
  });
});

describe("presence", () => {
  it("a hidden page makes no calls, and calls as soon as it is visible", async () => {
    const { api, presence, last, watch } = pollWorld();
    watch(api.job("a"));
    await advance(100);
    presence.become("hidden");
    await advance(600_000);
    expect(api.polls).toHaveLength(1);
    expect(last()?.connection).toEqual({ state: "paused", reason: "hidden" });
    api.set("a", () => completedJob([]));
    presence.become("active");
    await advance(0);
    expect(last()?.job?.status).toBe("completed");
  });

  it("the connection is live as soon as the page is visible, even if nothing has changed", async () => {
    const { api, presence, last, watch } = pollWorld();
    watch(api.job("a"));
    presence.become("hidden");
    await advance(60_000);
    presence.become("active");
    await advance(0);
    expect(last()?.connection.state).toBe("live");
  });

  it("an offline page waits, and calls as soon as the network is back", async () => {
    const { api, presence, last, watch } = pollWorld();
    watch(api.job("a"));
    await advance(100);
    api.trouble = "network";
    presence.become("offline");
    await advance(29_000);
    expect(api.polls).toHaveLength(1);
    expect(last()?.connection).toEqual({ state: "paused", reason: "offline" });
    api.trouble = null;
    presence.become("active");
    await advance(0);
    expect(api.polls.slice(1).map(({ headers }) => headers.has("Prefer"))).toEqual([false, true]);
  });

  it("the poll works if the browser is wrong about being offline", async () => {
    const { presence, last, watch } = pollWorld();
    presence.become("offline");
    watch();
    await advance(0);
    expect(last()?.job?.status).toBe("processing");
  });

  it("the pause after a failed call ends when the network is back", async () => {
    const { api, presence, watch } = pollWorld();
    watch(api.job("a"));
    api.trouble = "network";
    await advance(40_000);
    const before = api.polls.length;
    presence.become("active");
    await advance(0);
    expect(api.polls.length).toBe(before + 1);
  });
});
