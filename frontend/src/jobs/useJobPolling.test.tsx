import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { JobRequest } from "../api/wire";
import type { FakeApi } from "../testing/fakeApi";
import { adjusted, completedJob, failedJob, missing, processingJob, piece } from "../testing/fakeJob";
import { newPage, pageWorld, pass } from "../testing/world";
import { jobKey } from "./client";
import { useJobPolling } from "./useJobPolling";
import { useJobStatus } from "./useJobStatus";

const CHARACTERS = { type: "generate_characters", payload: { theme: "fantasy", count: 3 } } as const satisfies JobRequest;
const FACTIONS = { type: "generate_factions", payload: { theme: "fantasy" } } as const satisfies JobRequest;
const PIECES = [piece("Mara Quill")];
/** Where the place "wizard" is remembered. */
const WIZARD = "loresmith.job.wizard";

afterEach(() => {
  vi.useRealTimers();
});

function setUp({ slot, storage }: { slot?: string; storage?: Storage } = {}) {
  const world = pageWorld(storage === undefined ? {} : { storage });
  const onSuccess = vi.fn();
  const onError = vi.fn();
  const useIt = () => useJobPolling(onSuccess, onError, slot === undefined ? {} : { slot });
  const { result, rerender, unmount } = world.render(useIt);
  const submit = async (request: JobRequest = CHARACTERS) => {
    act(() => void result.current.submit(request));
    await pass();
  };
  return { ...world, onSuccess, onError, useIt, result, rerender, unmount, submit };
}

/** What the browser tells this tab where another one has written. */
function hear(key: string, storageArea = localStorage, newValue = localStorage.getItem(key)) {
  act(() => void window.dispatchEvent(new StorageEvent("storage", { key, newValue, storageArea })));
}

/** A running job as a place remembers it. */
function recordOf(jobId: string): string {
  return JSON.stringify({ request: CHARACTERS, key: "key", jobId, settled: false, at: Date.now() });
}

describe("from submission to result", () => {
  it("gives the result to the success callback, once", async () => {
    const { api, submit, result, onSuccess, onError, rerender } = setUp();
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

  it("gives a failed job's sentence to the error callback, once", async () => {
    const { api, submit, result, onError } = setUp();
    await submit();
    api.set("job-1", () => failedJob({ error: "Too slow. Try again." }));
    await pass(20_000);
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false, error: "Too slow. Try again." });
    expect(onError).toHaveBeenCalledExactlyOnceWith("Too slow. Try again.");
  });

  it("is polling from the click on, and shows the job as soon as it is accepted", async () => {
    const { api, result } = setUp();
    api.postTakesMs = 500;
    act(() => void result.current.submit(CHARACTERS));
    expect(result.current.isPolling).toBe(true);
    await pass(499);
    expect(result.current).toMatchObject({ isPolling: true, job: undefined });
    await pass(1);
    expect(result.current).toMatchObject({ isPolling: true, job: { status: "pending" } });
  });

  it("shows pieces as they are being written", async () => {
    const { api, submit, result } = setUp();
    await submit();
    const items = [{ index: 0, stages: ["name"], name: "Mara Quill", description: null, type: "character", details: {} }];
    api.set("job-1", () => processingJob({ items }));
    await pass();
    expect(result.current.job?.items).toEqual(items);
  });

  it("makes one job of a double click", async () => {
    const { api, result } = setUp();
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

  it("lets every component know the job as soon as it is accepted", async () => {
    const { submit, client } = setUp();
    await submit();
    expect(client.queryClient.getQueryData(jobKey("job-1"))).toMatchObject({ status: "pending" });
  });

  it("answers submit with the job", async () => {
    const { result } = setUp();
    const answer = result.current.submit(CHARACTERS);
    await pass();
    expect(await answer).toMatchObject({ id: "job-1" });
  });
});

describe("when polls or submissions fail", () => {
  it("is not failed by a failed poll", async () => {
    const { api, submit, result, onError, onSuccess } = setUp();
    await submit();
    api.trouble = { status: 502 };
    await pass(20_000);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, connection: { state: "live" } });
    await pass(40_000);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, connection: { state: "reconnecting" } });
    api.trouble = null;
    api.set("job-1", () => completedJob(PIECES));
    await pass(15_000);
    expect(onError).not.toHaveBeenCalled();
    expect(onSuccess).toHaveBeenCalledOnce();
  });

  it("turns a refused submission into an error state and rejects nothing", async () => {
    const { api, result, onError } = setUp();
    api.trouble = { status: 400, detail: "The request has faults." };
    const answer = result.current.submit(CHARACTERS);
    await pass();
    expect(await answer).toBeNull();
    expect(result.current).toMatchObject({ isFailed: true, isPolling: false, error: "The request has faults." });
    expect(onError).toHaveBeenCalledExactlyOnceWith("The request has faults.");
  });

  it("sends a submission again with the same key while the API is away, and makes one job", async () => {
    const { api, submit, result } = setUp();
    api.trouble = "network";
    await submit();
    expect(result.current).toMatchObject({ isPolling: true, connection: { state: "reconnecting" } });
    api.trouble = null;
    await pass(20_000);
    const keys = new Set(api.posts.map(({ headers }) => headers.get("Idempotency-Key")));
    expect(api.posts.length).toBeGreaterThan(1);
    expect(keys.size).toBe(1);
    expect(api.jobs.size).toBe(1);
    expect(result.current.job?.id).toBe("job-1");
  });

  it("heeds the network no longer than it has something to ask", async () => {
    const { api, presence, submit } = setUp();
    api.trouble = "network";
    await submit();
    await pass(5_000);
    expect(presence.listenerCount).toBe(1);
    api.trouble = null;
    await pass(5_000);
    api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    expect(presence.listenerCount).toBe(0);
  });

  it("keeps a submission for as long as there is no network, and sends it once there is", async () => {
    const { api, presence, submit, result, onError } = setUp();
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

  it("says so when the API stays away, and retry sends it again", async () => {
    const { api, submit, result, onError } = setUp();
    api.trouble = "network";
    await submit();
    await pass(120_000);
    expect(result.current.isFailed).toBe(true);
    expect(onError).toHaveBeenCalledOnce();
    api.trouble = null;
    act(() => void result.current.retry());
    await pass();
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, error: null, job: { id: "job-1" } });
  });

  it("takes a 404 as final, and retry submits anew", async () => {
    const { api, submit, result, onError } = setUp();
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

describe("the key of a submission", () => {
  const keys = (api: FakeApi) => api.posts.map(({ headers }) => headers.get("Idempotency-Key"));

  it("is kept where the API was away: the job may have been made", async () => {
    const { api, submit, result } = setUp();
    api.trouble = "network";
    await submit();
    await pass(120_000);
    api.trouble = null;
    act(() => void result.current.retry());
    await pass();
    expect(new Set(keys(api)).size).toBe(1);
  });

  it("is a new one after a refusal: the old one stands for what was refused", async () => {
    const { api, submit, result } = setUp();
    api.trouble = { status: 400, code: "invalid_request" };
    await submit();
    api.trouble = null;
    act(() => void result.current.retry());
    await pass();
    expect(new Set(keys(api)).size).toBe(2);
  });
});

it("tells at once where the API asks for a longer wait than anybody would wait", async () => {
  const { api, submit, result } = setUp();
  api.trouble = { status: 429, code: "quota_exceeded", headers: { "Retry-After": "60" } };
  await submit();
  expect(result.current).toMatchObject({ isFailed: true, isPolling: false });
  expect(api.posts).toHaveLength(1);
});

describe("retry after what is no end of the job", () => {
  it("goes on watching a job that runs on, and makes no second one", async () => {
    const { api, submit, result } = setUp({ slot: "wizard" });
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

  it("goes on watching for whoever else looks at the job as well", async () => {
    const { api, submit, result, render } = setUp();
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

  it("shows nothing any more after a reset, whatever was asked just before", async () => {
    const { api, submit, result } = setUp();
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

  it("tries the same retry again where the API was away, and never submits the old request", async () => {
    const { api, submit, result, onError } = setUp({ slot: "wizard" });
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
});

describe("retry and cancel", () => {
  it("retries a failed job as a new one that goes on from it", async () => {
    const { api, submit, result, onSuccess } = setUp();
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

  it("submits the request anew where the failed job is not kept any more", async () => {
    const { api, submit, result } = setUp();
    await submit();
    api.set("job-1", () => failedJob());
    await pass(1_000);
    api.jobs.delete("job-1");
    act(() => void result.current.retry());
    await pass();
    expect(api.posts.map(({ body }) => body)).toEqual([CHARACTERS, CHARACTERS]);
    expect(result.current).toMatchObject({ isPolling: true, isFailed: false, error: null });
  });

  it("writes the missing pieces of a partial result on retry", async () => {
    const { api, submit, result } = setUp();
    await submit();
    api.set("job-1", () => completedJob(PIECES, { warnings: [missing(1)] }));
    await pass(1_000);
    expect(result.current).toMatchObject({ isCompleted: true, isPartial: true });
    act(() => void result.current.retry());
    await pass();
    expect(result.current.job).toMatchObject({ retry_of: "job-1" });
  });

  it("does not call a result partial if something was only adjusted", async () => {
    const { api, submit, result } = setUp();
    await submit();
    const warnings = [adjusted(0, "health was set to 150.")];
    api.set("job-1", () => completedJob(PIECES, { warnings }));
    await pass(1_000);
    expect(result.current).toMatchObject({ isCompleted: true, isPartial: false });
  });

  it("shows a cancelled job at once and calls nobody back", async () => {
    const { submit, result, onSuccess, onError } = setUp();
    await submit();
    await act(() => result.current.cancel());
    expect(result.current).toMatchObject({ isCancelled: true, isPolling: false, isFailed: false });
    await pass(30_000);
    expect(onSuccess).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  it("answers false when the API could not be told, and goes on watching", async () => {
    const { api, submit, result } = setUp();
    await submit();
    api.trouble = "network";
    expect(await act(() => result.current.cancel())).toBe(false);
    expect(result.current.isPolling).toBe(true);
  });

  it("cancels the job of a submission that was under way", async () => {
    const { api, result } = setUp();
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

describe("a submission that was given up", () => {
  it("shows nothing of its failure", async () => {
    const { api, submit, result, onError } = setUp();
    api.trouble = "hang";
    await submit();
    await act(() => result.current.cancel());
    await pass(60_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false, connection: { state: "live" } });
    expect(onError).not.toHaveBeenCalled();
    expect(api.posts).toHaveLength(1);
  });

  it("is not sent again once the API is back", async () => {
    const { api, submit, result } = setUp();
    api.trouble = "network";
    await submit();
    await act(() => result.current.cancel());
    api.trouble = null;
    await pass(60_000);
    expect(api.posts).toHaveLength(1);
  });

  it("is not watched where the page went away before it was answered", async () => {
    const { api, submit, unmount } = setUp();
    api.postTakesMs = 500;
    await submit();
    unmount();
    await pass(60_000);
    expect(api.jobs.size).toBe(1);
    expect(api.polls).toHaveLength(0);
  });
});

describe("a newer submission", () => {
  it("cancels the older job, which nobody will read", async () => {
    const { api, submit } = setUp();
    await submit();
    await submit(FACTIONS);
    await pass(100);
    expect(api.job("job-1").status).toBe("cancelled");
    expect(api.job("job-2").status).toBe("pending");
  });

  it("never shows the older one's answers", async () => {
    const { api, submit, result, onSuccess } = setUp();
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

  it("shows nothing of the finished job before it while it is on its way", async () => {
    const { api, submit, result } = setUp();
    await submit(CHARACTERS);
    api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    api.postTakesMs = 500;
    act(() => void result.current.submit(FACTIONS));
    await pass(100);
    expect(result.current).toMatchObject({ job: undefined, isCompleted: false, isPolling: true });
  });

  it("wins over an older one whose POST is answered later, and that job is cancelled", async () => {
    const { api, result } = setUp();
    api.postTakesMs = 1_000;
    act(() => void result.current.submit(CHARACTERS));
    await pass(500);
    act(() => void result.current.submit(FACTIONS));
    await pass(5_000);
    expect(result.current.job).toMatchObject({ type: "generate_factions" });
    expect(api.job("job-1").status).toBe("cancelled");
  });
});

describe("a place with a name", () => {
  it("takes up the running job after a reload", async () => {
    const first = setUp({ slot: "wizard" });
    await first.submit();
    first.unmount();
    const { result } = newPage(first.api).render(first.useIt);
    await pass(400);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
    first.api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    expect(first.onSuccess).toHaveBeenCalledExactlyOnceWith(PIECES, expect.anything());
    expect(first.api.posts).toHaveLength(1);
  });

  it("does not tell an end again because an older look at it answers late", async () => {
    const first = setUp({ slot: "wizard" });
    first.api.postTakesMs = 5_000;
    act(() => void first.result.current.submit(CHARACTERS));
    await pass();
    first.unmount();
    first.api.postTakesMs = 0;
    const second = newPage(first.api).render(first.useIt);
    await pass(100);
    first.api.set("job-1", () => completedJob(PIECES));
    await pass(10_000);
    second.unmount();
    newPage(first.api).render(first.useIt);
    await pass(10_000);
    expect(first.onSuccess).toHaveBeenCalledOnce();
  });

  it("does not send, and pay for, what was cut off long ago", async () => {
    const first = setUp({ slot: "wizard" });
    first.api.trouble = "hang";
    await first.submit();
    first.unmount();
    first.api.trouble = null;
    vi.setSystemTime(Date.now() + 11 * 60_000);
    const { result } = newPage(first.api).render(first.useIt);
    await pass(1_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false });
    expect(first.api.posts).toHaveLength(1);
  });

  it("is remembered until the page ends where storage is full", async () => {
    const setItem = () => {
      throw new Error("full");
    };
    const full = { getItem: () => null, removeItem: () => undefined, setItem } as unknown as Storage;
    const first = setUp({ slot: "wizard", storage: full });
    await first.submit();
    first.unmount();
    const { result } = first.render(first.useIt);
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("takes up a submission that a reload cut off, as the same job", async () => {
    const first = setUp({ slot: "wizard" });
    first.api.trouble = "hang";
    await first.submit();
    first.unmount();
    first.api.trouble = null;
    const { result } = newPage(first.api).render(first.useIt);
    await pass(100);
    expect(result.current.job?.id).toBe("job-1");
    const keys = new Set(first.api.posts.map(({ headers }) => headers.get("Idempotency-Key")));
    expect(keys.size).toBe(1);
  });

  it("tells an end once, also over reloads, and keeps a failure with its retry", async () => {
    const first = setUp({ slot: "wizard" });
    await first.submit();
    first.api.set("job-1", () => failedJob());
    await pass(1_000);
    first.unmount();
    const { result } = newPage(first.api).render(first.useIt);
    await pass(1_000);
    expect(first.onError).toHaveBeenCalledOnce();
    expect(result.current.isFailed).toBe(true);
    act(() => void result.current.retry());
    await pass(100);
    expect(result.current.job).toMatchObject({ retry_of: "job-1" });
  });

  it("is empty after a job that was completed", async () => {
    const first = setUp({ slot: "wizard" });
    await first.submit();
    first.api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    first.unmount();
    const { result } = newPage(first.api).render(first.useIt);
    await pass(1_000);
    expect(result.current).toMatchObject({ job: undefined, isPolling: false });
    expect(first.onSuccess).toHaveBeenCalledOnce();
  });

  it("follows the job that another tab has started in it", async () => {
    const { api, result } = setUp({ slot: "wizard" });
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    act(() => void other.result.current.submit(CHARACTERS));
    await pass(100);
    hear(WIZARD);
    await pass(400);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("gives up its own submission for the job that another tab has started in it", async () => {
    const { api, result, submit } = setUp({ slot: "wizard" });
    api.postTakesMs = 5_000;
    await submit();
    api.postTakesMs = 0;
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "elsewhere" }));
    act(() => void other.result.current.submit(FACTIONS));
    await pass(100);
    hear(WIZARD, localStorage, localStorage.getItem("loresmith.job.elsewhere"));
    await pass(10_000);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1", type: "generate_factions" } });
    expect(api.job("job-2").status).toBe("cancelled");
  });

  it("keeps the job of a submission that another tab has sent as well and was answered first", async () => {
    const { api, result, submit } = setUp({ slot: "wizard" });
    api.postTakesMs = 5_000;
    await submit();
    api.postTakesMs = 0;
    newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    await pass(100);
    hear(WIZARD);
    await pass(10_000);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
    expect(api.job("job-1").status).toBe("pending");
  });

  it("makes one job of a retry in each of two tabs", async () => {
    const { api, result, submit } = setUp({ slot: "wizard" });
    await submit();
    api.set("job-1", () => failedJob());
    await pass(1_000);
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    await pass(1_000);
    act(() => {
      void result.current.retry();
      void other.result.current.retry();
    });
    await pass(1_000);
    expect([result.current.job?.id, other.result.current.job?.id]).toEqual(["job-2", "job-2"]);
    expect(api.jobs.size).toBe(2);
  });

  it("goes on showing its job where another tab writes the same one", async () => {
    const { result, submit } = setUp({ slot: "wizard" });
    await submit();
    hear(WIZARD);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("leaves a job whose end another tab has shown to that tab", async () => {
    const { api, result, onError } = setUp({ slot: "wizard" });
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    act(() => void other.result.current.submit(CHARACTERS));
    await pass(100);
    api.set("job-1", () => failedJob());
    await pass(1_000);
    hear(WIZARD);
    await pass(1_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false, job: undefined });
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([
    ["another place", "loresmith.job.elsewhere", () => localStorage],
    ["another storage", WIZARD, () => sessionStorage],
  ])("takes nothing from %s", (_, key, storage) => {
    const { result } = setUp({ slot: "wizard" });
    hear(key, storage(), recordOf("job-1"));
    expect(result.current.isPolling).toBe(false);
  });

  it("asks nothing any more once it is gone, whatever other tabs do", async () => {
    const { api, submit, unmount } = setUp({ slot: "wizard" });
    await submit();
    unmount();
    const before = api.polls.length;
    hear(WIZARD, localStorage, recordOf("job-2"));
    await pass(60_000);
    expect(api.polls).toHaveLength(before);
  });

  it("does not send a refused submission again after a reload", async () => {
    const { api, submit, unmount, useIt } = setUp({ slot: "wizard" });
    api.trouble = { status: 400 };
    await submit();
    unmount();
    const { result } = newPage(api).render(useIt);
    await pass(1_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false });
    expect(api.posts).toHaveLength(1);
  });

  it("is empty after a reset, also over a reload, while the job goes on", async () => {
    const { api, submit, result, unmount, useIt } = setUp({ slot: "wizard" });
    await submit();
    act(() => result.current.reset());
    expect(result.current).toMatchObject({ isPolling: false, job: undefined });
    unmount();
    const next = newPage(api).render(useIt);
    await pass(1_000);
    expect(next.result.current).toMatchObject({ isPolling: false, job: undefined });
    expect(api.job("job-1").status).toBe("pending");
  });

  it("keeps apart from places with another name", async () => {
    const { submit, client } = setUp({ slot: "wizard" });
    await submit();
    expect(client.slot("elsewhere").read()).toBeNull();
  });

  it("works where storage is forbidden", async () => {
    const forbidden = new Proxy({} as Storage, {
      get: () => () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
    const { render } = pageWorld({ storage: forbidden });
    const { result } = render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    act(() => void result.current.submit(CHARACTERS));
    await pass(100);
    expect(result.current.job?.id).toBe("job-1");
  });
});
