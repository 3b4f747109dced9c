import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { completedJob } from "../testing/fakeJob.js";
import { CHARACTERS, FACTIONS, PIECES, pollingWorld } from "../testing/polling.js";
import { pass } from "../testing/world.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("cancel", () => {
  it("shows the cancelled job at once, and calls no callback", async () => {
    const { submit, result, onSuccess, onError } = pollingWorld();
    await submit();
    await act(() => result.current.cancel());
    expect(result.current).toMatchObject({ isCancelled: true, isPolling: false, isFailed: false });
    await pass(30_000);
    expect(onSuccess).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  it("resolves to false if the call fails, and keeps watching", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    api.trouble = "network";
    expect(await act(() => result.current.cancel())).toBe(false);
    expect(result.current.isPolling).toBe(true);
  });

  it("cancels the job of a submission that is not answered yet", async () => {
    const { api, result } = pollingWorld();
    api.postTakesMs = 500;
    act(() => void result.current.submit(CHARACTERS));
    await pass(100);
    await act(() => result.current.cancel());
    expect(result.current.isPolling).toBe(false);
    api.postTakesMs = 0;
    await pass(1_000);
    expect(api.job("job-1").status).toBe("cancelled");
    expect(result.current.job).toBeUndefined();
  });
});

describe("an abandoned submission", () => {
  it("does not show its failure", async () => {
    const { api, submit, result, onError } = pollingWorld();
    api.trouble = "hang";
    await submit();
    await act(() => result.current.cancel());
    await pass(60_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false, connection: { state: "live" } });
    expect(onError).not.toHaveBeenCalled();
    expect(api.posts).toHaveLength(1);
  });

  it("is not resent when the API is back", async () => {
    const { api, submit, result } = pollingWorld();
    api.trouble = "network";
    await submit();
    await act(() => result.current.cancel());
    api.trouble = null;
    await pass(60_000);
    expect(api.posts).toHaveLength(1);
  });

  it("is not watched if the component unmounts before the answer", async () => {
    const { api, submit, unmount } = pollingWorld();
    api.postTakesMs = 500;
    await submit();
    unmount();
    await pass(60_000);
    expect(api.jobs.size).toBe(1);
    expect(api.polls).toHaveLength(0);
  });
});

describe("a newer submission", () => {
  it("cancels the older job", async () => {
    const { api, submit } = pollingWorld();
    await submit();
    await submit(FACTIONS);
    await pass(100);
    expect(api.job("job-1").status).toBe("cancelled");
    expect(api.job("job-2").status).toBe("pending");
  });

  it("never shows the older job", async () => {
    const { api, submit, result, onSuccess } = pollingWorld();
    await submit(CHARACTERS);
    await submit(FACTIONS);
    api.set("job-1", () => completedJob(PIECES));
    await pass(30_000);
    expect(result.current.job).toMatchObject({ id: "job-2", type: "generate_factions" });
    expect(onSuccess).not.toHaveBeenCalled();
    api.set("job-2", () => completedJob([]));
    await pass(1_000);
    expect(onSuccess).toHaveBeenCalledExactlyOnceWith([], expect.objectContaining({ id: "job-2" }));
  });

  it("hides the job that ended before it", async () => {
    const { api, submit, result } = pollingWorld();
    await submit(CHARACTERS);
    api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    api.postTakesMs = 500;
    act(() => void result.current.submit(FACTIONS));
    await pass(100);
    expect(result.current).toMatchObject({ job: undefined, isCompleted: false, isPolling: true });
  });

  it("wins over an older submission that is answered later, and cancels its job", async () => {
    const { api, result } = pollingWorld();
    api.postTakesMs = 1_000;
    act(() => void result.current.submit(CHARACTERS));
    await pass(500);
    act(() => void result.current.submit(FACTIONS));
    await pass(5_000);
    expect(result.current.job).toMatchObject({ type: "generate_factions" });
    expect(api.job("job-1").status).toBe("cancelled");
  });
});
