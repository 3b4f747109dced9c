import { act } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { completedJob, failedJob } from "../testing/fakeJob.js";
import { CHARACTERS, keysOf, PIECES, pollingWorld } from "../testing/polling.js";
import { newPage, pageWorld, pass } from "../testing/world.js";
import { useJobPolling } from "./useJobPolling.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("a slot after a reload", () => {
  it("resumes the running job", async () => {
    const first = pollingWorld({ slot: "wizard" });
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

  it("resumes a submission that the reload cut off, as the same job", async () => {
    const first = pollingWorld({ slot: "wizard" });
    first.api.trouble = "hang";
    await first.submit();
    first.unmount();
    first.api.trouble = null;
    const { result } = newPage(first.api).render(first.useIt);
    await pass(100);
    expect(result.current.job?.id).toBe("job-1");
    expect(keysOf(first.api).size).toBe(1);
  });

  it("does not resend a submission that was cut off more than ten minutes ago", async () => {
    const first = pollingWorld({ slot: "wizard" });
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

  it("does not resend a refused submission", async () => {
    const { api, submit, unmount, useIt } = pollingWorld({ slot: "wizard" });
    api.trouble = { status: 400 };
    await submit();
    unmount();
    const { result } = newPage(api).render(useIt);
    await pass(1_000);
    expect(result.current).toMatchObject({ isPolling: false, isFailed: false });
    expect(api.posts).toHaveLength(1);
  });

  it("keeps the job if the token is refused, and a retry follows it again instead of submitting another", async () => {
    const first = pollingWorld({ slot: "wizard" });
    await first.submit();
    first.unmount();
    first.api.trouble = { status: 401, code: "unauthenticated" };
    const second = newPage(first.api).render(first.useIt);
    await pass(400);
    expect(second.result.current).toMatchObject({ isPolling: false, isFailed: true, job: undefined });
    second.unmount();
    const third = newPage(first.api).render(first.useIt);
    await pass(400);
    expect(third.result.current).toMatchObject({ isFailed: true });
    first.api.trouble = null;
    act(() => void third.result.current.retry());
    await pass(400);
    expect(third.result.current).toMatchObject({ isPolling: true, isFailed: false, job: { id: "job-1" } });
    expect(first.api.posts).toHaveLength(1);
  });

  it("reports an end only once, and can still retry a failed job", async () => {
    const first = pollingWorld({ slot: "wizard" });
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

  it("does not report an end again if an older call answers late", async () => {
    const first = pollingWorld({ slot: "wizard" });
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

  it("is empty if the job was completed", async () => {
    const first = pollingWorld({ slot: "wizard" });
    await first.submit();
    first.api.set("job-1", () => completedJob(PIECES));
    await pass(1_000);
    first.unmount();
    const { result } = newPage(first.api).render(first.useIt);
    await pass(1_000);
    expect(result.current).toMatchObject({ job: undefined, isPolling: false });
    expect(first.onSuccess).toHaveBeenCalledOnce();
  });

  it("is empty after a reset, although the job is still running", async () => {
    const { api, submit, result, unmount, useIt } = pollingWorld({ slot: "wizard" });
    await submit();
    act(() => result.current.reset());
    expect(result.current).toMatchObject({ isPolling: false, job: undefined });
    unmount();
    const next = newPage(api).render(useIt);
    await pass(1_000);
    expect(next.result.current).toMatchObject({ isPolling: false, job: undefined });
    expect(api.job("job-1").status).toBe("pending");
  });
});

describe("a slot without storage", () => {
  it("keeps the job until the page closes if storage is full", async () => {
    const setItem = () => {
      throw new Error("full");
    };
    const full = { getItem: () => null, removeItem: () => undefined, setItem } as unknown as Storage;
    const first = pollingWorld({ slot: "wizard", storage: full });
    await first.submit();
    first.unmount();
    const { result } = first.render(first.useIt);
    await pass(500);
    expect(result.current).toMatchObject({ isPolling: true, job: { id: "job-1" } });
  });

  it("works if storage is forbidden", async () => {
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
