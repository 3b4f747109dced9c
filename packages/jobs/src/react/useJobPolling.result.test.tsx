import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { completedJob, failedJob, processingJob } from "../testing/fakeJob.js";
import { CHARACTERS, PIECES, pollingWorld } from "../testing/polling.js";
import { pass } from "../testing/world.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("a job, from submission to result", () => {
  it("passes the result to onSuccess once", async () => {
    const { api, submit, result, onSuccess, onError, rerender } = pollingWorld();
    await submit();
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1", status: "pending" } });
    api.set("job-1", () => completedJob(PIECES));
    await pass(20_000);
    rerender();
    await pass(20_000);
    expect(result.current).toMatchObject({ isPolling: false, isCompleted: true, isFailed: false });
    expect(onSuccess).toHaveBeenCalledExactlyOnceWith(PIECES, expect.objectContaining({ id: "job-1" }));
    expect(onError).not.toHaveBeenCalled();
  });

  it("passes the error of a failed job to onError once", async () => {
    const { api, submit, result, onError } = pollingWorld();
    await submit();
    api.set("job-1", () => failedJob({ error: "Too slow. Try again." }));
    await pass(20_000);
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false, error: "Too slow. Try again." });
    expect(onError).toHaveBeenCalledExactlyOnceWith("Too slow. Try again.");
  });

  it("is polling from the click, and shows the job once it is accepted", async () => {
    const { api, result } = pollingWorld();
    api.postTakesMs = 500;
    act(() => void result.current.submit(CHARACTERS));
    expect(result.current.isPolling).toBe(true);
    await pass(499);
    expect(result.current).toMatchObject({ isPolling: true, job: undefined });
    await pass(1);
    expect(result.current).toMatchObject({ isPolling: true, job: { status: "pending" } });
  });

  it("shows pieces while they are being written", async () => {
    const { api, submit, result } = pollingWorld();
    await submit();
    const items = [{ index: 0, stages: ["name"], name: "Mara Quill", description: null, type: "character", language: "en", details: {}, complete: false, library_id: null }];
    api.set("job-1", () => processingJob({ items }));
    await pass(250);
    expect(result.current.job?.items).toEqual(items);
  });

  it("makes one job from a double click", async () => {
    const { api, result } = pollingWorld();
    api.postTakesMs = 200;
    act(() => {
      void result.current.submit(CHARACTERS);
      void result.current.submit({ ...CHARACTERS });
    });
    await pass(300);
    act(() => void result.current.submit({ ...CHARACTERS }));
    await pass(300);
    expect(api.posts).toHaveLength(1);
  });

  it("shares the accepted job with every component", async () => {
    const { submit, client } = pollingWorld();
    await submit();
    expect(client.queryClient.getQueryData(client.queryKeys.job("job-1"))).toMatchObject({ status: "pending" });
  });

  it("resolves submit with the job", async () => {
    const { result } = pollingWorld();
    const answer = result.current.submit(CHARACTERS);
    await pass();
    expect(await answer).toMatchObject({ id: "job-1" });
  });
});
