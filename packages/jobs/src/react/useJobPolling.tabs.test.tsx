import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failedJob } from "../testing/fakeJob.js";
import { CHARACTERS, FACTIONS, pollingWorld } from "../testing/polling.js";
import { newPage, pass } from "../testing/world.js";
import { useJobPolling } from "./useJobPolling.js";

/** The storage key of the slot "wizard". */
const WIZARD = "loresmith.job.wizard";

afterEach(() => {
  vi.useRealTimers();
});

/** Delivers the event that the browser sends to this tab when another tab writes to storage. */
function receive(key: string, storageArea = localStorage, newValue = localStorage.getItem(key)) {
  act(() => void window.dispatchEvent(new StorageEvent("storage", { key, newValue, storageArea })));
}

/** What a slot stores about a running job. */
function recordOf(jobId: string): string {
  return JSON.stringify({ request: CHARACTERS, key: "key", jobId, settled: false, at: Date.now() });
}

describe("a slot in two tabs", () => {
  it("follows the job that another tab started", async () => {
    const { api, result } = pollingWorld({ slot: "wizard" });
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    act(() => void other.result.current.submit(CHARACTERS));
    await pass(100);
    receive(WIZARD);
    await pass(400);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("drops its own submission for the job that another tab started", async () => {
    const { api, result, submit } = pollingWorld({ slot: "wizard" });
    api.postTakesMs = 5_000;
    await submit();
    api.postTakesMs = 0;
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "elsewhere" }));
    act(() => void other.result.current.submit(FACTIONS));
    await pass(100);
    receive(WIZARD, localStorage, localStorage.getItem("loresmith.job.elsewhere"));
    await pass(10_000);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1", type: "generate_factions" } });
    expect(api.job("job-2").status).toBe("cancelled");
  });

  it("keeps the job if another tab sent the same submission and was answered first", async () => {
    const { api, result, submit } = pollingWorld({ slot: "wizard" });
    api.postTakesMs = 5_000;
    await submit();
    api.postTakesMs = 0;
    newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    await pass(100);
    receive(WIZARD);
    await pass(10_000);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
    expect(api.job("job-1").status).toBe("pending");
  });

  it("makes one job from a retry in each tab", async () => {
    const { api, result, submit } = pollingWorld({ slot: "wizard" });
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

  it("keeps showing its job if another tab stores the same one", async () => {
    const { result, submit } = pollingWorld({ slot: "wizard" });
    await submit();
    receive(WIZARD);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("ignores a job that has already ended in another tab", async () => {
    const { api, result, onError } = pollingWorld({ slot: "wizard" });
    const other = newPage(api).render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    act(() => void other.result.current.submit(CHARACTERS));
    await pass(100);
    api.set("job-1", () => failedJob());
    await pass(1_000);
    receive(WIZARD);
    await pass(1_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false, job: undefined });
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([
    ["another slot", "loresmith.job.elsewhere", () => localStorage],
    ["another storage", WIZARD, () => sessionStorage],
  ])("ignores %s", (_, key, storage) => {
    const { result } = pollingWorld({ slot: "wizard" });
    receive(key, storage(), recordOf("job-1"));
    expect(result.current.isPolling).toBe(false);
  });

  it("ignores other tabs after it unmounts", async () => {
    const { api, submit, unmount } = pollingWorld({ slot: "wizard" });
    await submit();
    unmount();
    const before = api.polls.length;
    receive(WIZARD, localStorage, recordOf("job-2"));
    await pass(60_000);
    expect(api.polls).toHaveLength(before);
  });
});

describe("a slot in two components of a page", () => {
  function twoComponents() {
    const world = pollingWorld({ slot: "wizard" });
    const other = world.render(() => useJobPolling(undefined, undefined, { slot: "wizard" }));
    return { ...world, other };
  }

  it("shows the job that the other component started", async () => {
    const { api, submit, other } = twoComponents();
    await submit();
    await pass(400);
    expect(other.result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
    api.set("job-1", () => failedJob());
    await pass(1_000);
    expect(other.result.current).toMatchObject({ isFailed: true, job: { id: "job-1" } });
  });

  it("keeps the newest job for a reload, and cancels the one before it", async () => {
    const { api, submit, other, useIt } = twoComponents();
    await submit();
    await pass(400);
    act(() => void other.result.current.submit(FACTIONS));
    await pass(400);
    expect(api.job("job-1").status).toBe("cancelled");
    const { result } = newPage(api).render(useIt);
    await pass(400);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-2" } });
  });
});
