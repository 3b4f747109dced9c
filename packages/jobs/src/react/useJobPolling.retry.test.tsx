import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { adjusted, completedJob, failedJob, missing } from "../testing/fakeJob.js";
import { CHARACTERS, PIECES, pollingWorld } from "../testing/polling.js";
import { pass } from "../testing/world.js";
import { useJobStatus } from "./useJobStatus.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("retry of a job that is still running", () => {
  it("watches the job again, and makes no second one", async () => {
    const { api, submit, result } = pollingWorld({ slot: "wizard" });
    await submit();
    api.trouble = { status: 401, code: "unauthenticated" };
    await pass(25_000);
    expect(result.current).toMatchObject({ isFailed: true, job: { id: "job-1" } });
    api.trouble = null;
    act(() => void result.current.retry());
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, job: { id: "job-1" } });
    expect(api.posts).toHaveLength(1);
  });

  it("watches the job again for every component that follows it", async () => {
    const { api, submit, result, render } = pollingWorld();
    await submit();
    const other = render(() => useJobStatus("job-1"));
    api.trouble = { status: 401, code: "unauthenticated" };
    await pass(25_000);
    expect([result.current.isFailed, other.result.current.isFailed]).toEqual([true, true]);
    api.trouble = null;
    act(() => void result.current.retry());
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false });
    expect(other.result.current).toMatchObject({ isPolling: true, isFailed: false });
  });

  it("shows nothing if a reset follows", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    api.trouble = { status: 401, code: "unauthenticated" };
    await pass(25_000);
    act(() => {
      void result.current.retry();
      result.current.reset();
    });
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false, job: undefined });
  });
});

describe("retry of a job that has ended", () => {
  it("makes one new job that continues the failed one", async () => {
    const { api, submit, result, onSuccess } = pollingWorld();
    await submit();
    api.set("job-1", () => failedJob());
    await pass(1_000);
    act(() => {
      void result.current.retry();
      void result.current.retry();
    });
    await pass();
    expect(result.current.job).toMatchObject({ id: "job-2", retry_of: "job-1" });
    expect(api.jobs.size).toBe(2);
    api.set("job-2", () => completedJob(PIECES));
    await pass(1_000);
    expect(onSuccess).toHaveBeenCalledOnce();
  });

  it("submits the request again if the failed job no longer exists", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    api.set("job-1", () => failedJob());
    await pass(1_000);
    api.jobs.delete("job-1");
    act(() => void result.current.retry());
    await pass();
    expect(api.posts.map(({ body }) => body)).toEqual([CHARACTERS, CHARACTERS]);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, error: null });
  });

  it("repeats the same retry after an outage, and never submits the old request", async () => {
    const { api, submit, result, onError } = pollingWorld({ slot: "wizard" });
    await submit();
    api.set("job-1", () => failedJob({ error: "Too slow." }));
    await pass(500);
    api.trouble = "network";
    act(() => void result.current.retry());
    await pass(120_000);
    expect(result.current.isFailed).toBe(true);
    api.trouble = null;
    act(() => void result.current.retry());
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-2", retry_of: "job-1" } });
    expect(api.posts).toHaveLength(1);
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it("writes the missing pieces of a partial result", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    api.set("job-1", () => completedJob(PIECES, { warnings: [missing(1)] }));
    await pass(1_000);
    expect(result.current).toMatchObject({ isCompleted: true, isPartial: true });
    act(() => void result.current.retry());
    await pass();
    expect(result.current.job).toMatchObject({ retry_of: "job-1" });
  });

  it("has nothing to write if a piece was only adjusted", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    const warnings = [adjusted(0, "health was set to 150.")];
    api.set("job-1", () => completedJob(PIECES, { warnings }));
    await pass(1_000);
    expect(result.current).toMatchObject({ isCompleted: true, isPartial: false });
  });
});
