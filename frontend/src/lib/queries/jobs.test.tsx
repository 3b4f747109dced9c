/** Runs a component that imports from `@/components/jobs` and `@/lib/queries`, as an application does. */

import JobProgressSpinner from "@/components/jobs/JobProgressSpinner";
import { useJobPolling, useJobStatus, useSubmitJob } from "@/lib/queries/jobs";
import { completedJob, failedJob, piece, processingJob } from "@loresmith/jobs/testing/fakeJob";
import { act, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { pageWorld, pass } from "../../testing/world";

afterEach(() => {
  vi.useRealTimers();
});

function Application() {
  const [generatedData, setGeneratedData] = useState<unknown>(null);
  const [error, setError] = useState<string | null>(null);
  const { submit, job, isPolling, isCompleted, isFailed } = useJobPolling(
    (result) => {
      setGeneratedData(result);
    },
    (error) => {
      setError(error);
    },
  );
  const start = async () => {
    await submit({ type: "generate_characters", payload: { theme: "fantasy", count: 3 } });
  };
  return (
    <>
      <button onClick={() => void start()}>Start</button>
      <JobProgressSpinner job={job} showProgress={true} showMessage={true} />
      <output>{JSON.stringify({ generatedData, error, isPolling, isCompleted, isFailed })}</output>
    </>
  );
}

function setUp() {
  const { api, wrapper } = pageWorld();
  render(<Application />, { wrapper });
  act(() => screen.getByText("Start").click());
  return { api, shown: () => JSON.parse(screen.getByText(/generatedData/).textContent) as Record<string, unknown> };
}

it("a component of an application runs a job to its result", async () => {
  const { api, shown } = setUp();
  await pass();
  api.set("job-1", () => processingJob({ progress: 67 }));
  await pass(400);
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("67");
  expect(shown()).toMatchObject({ isPolling: true });
  api.set("job-1", () => completedJob([piece("Aragorn")]));
  await pass(1_000);
  expect(shown()).toMatchObject({ generatedData: [{ name: "Aragorn" }], isPolling: false, isCompleted: true });
});

it("a component of an application gets the error of a failed job", async () => {
  const { api, shown } = setUp();
  await pass();
  api.set("job-1", () => failedJob({ error: "It took too long." }));
  await pass(1_000);
  expect(shown()).toMatchObject({ error: "It took too long.", isFailed: true, isPolling: false });
});

it("useSubmitJob and useJobStatus are there too", async () => {
  const { api, render: renderHook } = pageWorld();
  const useBoth = () => ({ submission: useSubmitJob(), status: useJobStatus("job-1") });
  const { result } = renderHook(useBoth);
  await pass();
  expect(result.current.status.isFailed).toBe(true);
  act(() => result.current.submission.mutate({ type: "create_world", payload: {} }));
  await pass();
  expect(result.current.submission.data).toMatchObject({ id: "job-1", status: "pending" });
  expect(api.posts).toHaveLength(1);
});
