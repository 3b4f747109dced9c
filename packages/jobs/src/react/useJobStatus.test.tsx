import { useQuery } from "@tanstack/react-query";
import { act } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { completedJob, processingJob } from "../testing/fakeJob.js";
import { pageWorld, pass } from "../testing/world.js";
import type { JobView } from "../core/jobView.js";
import { useJobStatus } from "./useJobStatus.js";
import { useSubmitJob } from "./useSubmitJob.js";

afterEach(() => {
  vi.useRealTimers();
});

it("follows a job whose id is known", async () => {
  const { api, render } = pageWorld();
  api.add(processingJob({ id: "a" }));
  const { result } = render(() => useJobStatus("a"));
  expect(result.current).toMatchObject({ job: undefined, isPolling: true });
  await pass(400);
  expect(result.current.job?.status).toBe("processing");
  api.set("a", () => completedJob([]));
  await pass(400);
  expect(result.current).toMatchObject({ isCompleted: true, isPolling: false });
});

it.each([
  ["no id", null, true],
  ["enabled: false", "a", false],
])("makes no calls with %s", async (_, jobId, enabled) => {
  const { api, render } = pageWorld();
  const { result } = render(() => useJobStatus(jobId, { enabled }));
  await pass(10_000);
  expect(api.requests).toHaveLength(0);
  expect(result.current.isPolling).toBe(false);
});

it("polls a job once, however many components follow it", async () => {
  const { api, render } = pageWorld();
  api.longPolls = false;
  api.add(processingJob({ id: "a" }));
  render(() => [useJobStatus("a"), useJobStatus("a"), useJobStatus("a")]);
  await pass(400);
  const before = api.polls.length;
  await pass(30_000);
  expect(api.polls.length - before).toBe(10);
});

it("never shows the state of one job for the id of another", async () => {
  const { api, render } = pageWorld();
  api.add(completedJob([], { id: "a" }));
  api.add(processingJob({ id: "b" }));
  const { result, rerender } = render<JobView, string>((jobId) => useJobStatus(jobId), "a");
  await pass(400);
  expect(result.current.isCompleted).toBe(true);
  rerender("b");
  expect(result.current).toMatchObject({ job: undefined, isCompleted: false });
  await pass(400);
  expect(result.current.job?.id).toBe("b");
});

it("stops polling when the last component unmounts", async () => {
  const { api, render } = pageWorld();
  api.add(processingJob({ id: "a" }));
  const { unmount } = render(() => useJobStatus("a"));
  await pass(400);
  unmount();
  const before = api.polls.length;
  await pass(60_000);
  expect(api.polls).toHaveLength(before);
});

it("keeps polling while one component is left", async () => {
  const { api, render } = pageWorld();
  api.add(processingJob({ id: "a" }));
  const { result } = render(() => useJobStatus("a"));
  const other = render(() => useJobStatus("a"));
  await pass(400);
  other.unmount();
  api.set("a", () => completedJob([]));
  await pass(400);
  expect(result.current.isCompleted).toBe(true);
});

it("makes no calls for a job that is known to have ended", async () => {
  const { api, render } = pageWorld();
  api.add(completedJob([], { id: "a" }));
  const first = render(() => useJobStatus("a"));
  await pass(400);
  first.unmount();
  const before = api.polls.length;
  const { result } = render(() => useJobStatus("a"));
  await pass(60_000);
  expect(result.current).toMatchObject({ isCompleted: true, isPolling: false });
  expect(api.polls).toHaveLength(before);
});

it("reads the lists of jobs again when a job has ended", async () => {
  const { api, render, client } = pageWorld();
  api.add(processingJob({ id: "a" }));
  const useBoth = () => {
    useJobStatus("a");
    return useQuery({ queryKey: client.queryKeys.jobs, queryFn: () => client.api.listJobs() });
  };
  const { result } = render(useBoth);
  await pass(400);
  expect(result.current.data?.jobs).toMatchObject([{ status: "processing" }]);
  api.set("a", () => completedJob([]));
  await pass(400);
  expect(result.current.data?.jobs).toMatchObject([{ status: "completed" }]);
});

it("uses at most three long polls at a time", async () => {
  // Browsers open six connections to a host. The other jobs and calls need some of them.
  const { api, render } = pageWorld();
  const ids = ["a", "b", "c", "d", "e"];
  for (const id of ids) api.add(processingJob({ id }));
  render(() => ids.map((id) => useJobStatus(id)));
  await pass(1_000);
  const held = api.polls.filter(({ headers }) => headers.has("Prefer")).map(({ path }) => path);
  expect(new Set(held).size).toBe(3);
});

it("shares the job that a submission made with every component", async () => {
  const { api, render, client } = pageWorld();
  const { result } = render(() => useSubmitJob());
  act(() => {
    result.current.mutate({ type: "generate_relics", payload: {} });
    result.current.mutate({ type: "generate_relics", payload: {} });
  });
  await pass();
  expect(api.posts).toHaveLength(1);
  expect(client.queryClient.getQueryData(client.queryKeys.job("job-1"))).toMatchObject({ status: "pending" });
});

it("makes another job from the same request after the first is answered", async () => {
  const { api, render } = pageWorld();
  const { result } = render(() => useSubmitJob());
  act(() => result.current.mutate({ type: "generate_relics", payload: {} }));
  await pass();
  act(() => result.current.mutate({ type: "generate_relics", payload: {} }));
  await pass();
  expect(api.jobs.size).toBe(2);
});
