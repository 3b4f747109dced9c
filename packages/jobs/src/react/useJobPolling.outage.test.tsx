import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { completedJob } from "../testing/fakeJob.js";
import { CHARACTERS, keysOf, PIECES, pollingWorld } from "../testing/polling.js";
import { pass } from "../testing/world.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("a failed poll", () => {
  it("does not fail the job", async () => {
    const { api, submit, result, onError, onSuccess } = pollingWorld();
    await submit();
    api.trouble = { status: 502 };
    await pass(19_900);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, connection: { state: "live" } });
    await pass(40_000);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, connection: { state: "reconnecting" } });
    api.trouble = null;
    api.set("job-1", () => completedJob(PIECES));
    await pass(15_000);
    expect(onError).not.toHaveBeenCalled();
    expect(onSuccess).toHaveBeenCalledOnce();
  });

  it("is final with 404, and retry submits the request again", async () => {
    const { api, submit, result, onError } = pollingWorld();
    await submit();
    api.jobs.delete("job-1");
    await pass(20_300);
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false });
    expect(onError).toHaveBeenCalledOnce();
    act(() => void result.current.retry());
    await pass();
    expect(api.posts).toHaveLength(2);
    expect(result.current).toMatchObject({ isPolling: true, error: null });
  });
});

describe("a failed submission", () => {
  it("becomes an error if it is refused, and never rejects", async () => {
    const { api, result, onError } = pollingWorld();
    api.trouble = { status: 400, detail: "The request has faults." };
    const answer = result.current.submit(CHARACTERS);
    await pass();
    expect(await answer).toBeNull();
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false, error: "The request has faults." });
    expect(onError).toHaveBeenCalledExactlyOnceWith("The request has faults.");
  });

  it("gets a new key on retry if it was refused", async () => {
    const { api, submit, result } = pollingWorld();
    api.trouble = { status: 400, code: "invalid_request" };
    await submit();
    api.trouble = null;
    act(() => void result.current.retry());
    await pass();
    expect(keysOf(api).size).toBe(2);
  });

  it("fails at once if the API asks for a wait of more than 15 s", async () => {
    const { api, submit, result } = pollingWorld();
    api.trouble = { status: 429, code: "quota_exceeded", headers: { "Retry-After": "60" } };
    await submit();
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false });
    expect(api.posts).toHaveLength(1);
  });

  it("is resent with the same key while the API is down, and makes one job", async () => {
    const { api, submit, result } = pollingWorld();
    api.trouble = "network";
    await submit();
    expect(result.current).toMatchObject({ isPolling: true, connection: { state: "reconnecting" } });
    api.trouble = null;
    await pass(20_000);
    expect(api.posts.length).toBeGreaterThan(1);
    expect(keysOf(api).size).toBe(1);
    expect(api.jobs.size).toBe(1);
    expect(result.current.job?.id).toBe("job-1");
  });

  it("is kept while offline, and sent when the network is back", async () => {
    const { api, presence, submit, result, onError } = pollingWorld();
    presence.become("offline");
    api.trouble = "network";
    await submit();
    await pass(600_000);
    expect(result.current).toMatchObject({ isPolling: true, connection: { state: "paused", reason: "offline" } });
    api.trouble = null;
    presence.become("active");
    await pass();
    expect(api.jobs.size).toBe(1);
    expect(result.current.job?.id).toBe("job-1");
    expect(onError).not.toHaveBeenCalled();
  });

  it("fails if the API stays away, and retry resends it with the same key", async () => {
    const { api, submit, result, onError } = pollingWorld();
    api.trouble = "network";
    await submit();
    await pass(120_000);
    expect(result.current.isFailed).toBe(true);
    expect(onError).toHaveBeenCalledOnce();
    api.trouble = null;
    act(() => void result.current.retry());
    await pass();
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, error: null, job: { id: "job-1" } });
    expect(keysOf(api).size).toBe(1);
  });

  it("watches the network only until the job ends", async () => {
    const { api, presence, submit } = pollingWorld();
    const others = presence.listenerCount;
    api.trouble = "network";
    await submit();
    await pass(5_000);
    expect(presence.listenerCount).toBe(others + 1);
    api.trouble = null;
    await pass(5_000);
    api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    expect(presence.listenerCount).toBe(others);
  });
});
