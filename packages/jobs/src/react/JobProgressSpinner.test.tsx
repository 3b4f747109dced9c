import { act, fireEvent, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../api/error.js";
import { completedJob, failedJob, pendingJob, processingJob } from "../testing/fakeJob.js";
import JobProgressSpinner from "./JobProgressSpinner.js";
import { PROGRESS_STYLE } from "./progressStyle.js";

afterEach(() => {
  vi.useRealTimers();
});

const progressbar = () => screen.getByRole("progressbar");
const mood = (container: HTMLElement) => container.querySelector<HTMLElement>(".job-progress")?.dataset.mood;

describe("JobProgressSpinner", () => {
  it("announces the progress to screen readers", () => {
    render(<JobProgressSpinner job={processingJob({ progress: 43, message: "Generated names..." })} />);
    expect(progressbar().getAttribute("aria-valuenow")).toBe("43");
    expect(progressbar().getAttribute("aria-valuetext")).toBe("43%: Generated names...");
    expect(screen.getByRole("status").textContent).toBe("Generated names...");
  });

  it("shows nothing before a job is submitted", () => {
    const { container } = render(<JobProgressSpinner job={undefined} onRetry={vi.fn()} connection={{ state: "live" }} />);
    expect(container.innerHTML).toBe("");
  });

  it("says that the request is being sent before there is a job", () => {
    render(<JobProgressSpinner job={undefined} isPolling />);
    expect(progressbar().getAttribute("aria-valuenow")).toBe("0");
    expect(screen.getByRole("status").textContent).toBe("Sending your request...");
  });

  it.each([
    ["running", pendingJob()],
    ["running", processingJob()],
    ["done", completedJob([])],
    ["failed", failedJob()],
  ] as const)("is %s for such a job", (expected, job) => {
    const { container } = render(<JobProgressSpinner job={job} />);
    expect(mood(container)).toBe(expected);
  });

  it("shows the error of a failed job and offers a retry", async () => {
    const onRetry = vi.fn();
    const { container } = render(<JobProgressSpinner job={failedJob({ error: "Too slow." })} onRetry={onRetry} />);
    expect(mood(container)).toBe("failed");
    expect(screen.getByRole("status").textContent).toBe("Too slow.");
    await userEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(onRetry).toHaveBeenCalledOnce();
  });

  it("shows why there is no job", () => {
    render(<JobProgressSpinner job={undefined} error="The service cannot be reached." onRetry={vi.fn()} />);
    expect(screen.getByRole("status").textContent).toBe("The service cannot be reached.");
    expect(screen.getByRole("button", { name: "Retry" })).toBeTruthy();
  });

  it("offers to cancel only while the job runs", () => {
    const { rerender } = render(<JobProgressSpinner job={processingJob()} onCancel={vi.fn()} />);
    expect(screen.getByRole("button", { name: "Cancel" })).toBeTruthy();
    rerender(<JobProgressSpinner job={completedJob([])} onCancel={vi.fn()} />);
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("says that it is reconnecting", () => {
    const connection = { state: "reconnecting", failures: 2, since: 0, nextTryAt: 0, error: null as never } as const;
    render(<JobProgressSpinner job={processingJob()} connection={connection} />);
    expect(screen.getByRole("status").textContent).toContain("Reconnecting");
  });

  it("says that it is waiting for the network", () => {
    render(<JobProgressSpinner job={processingJob()} connection={{ state: "paused", reason: "offline" }} />);
    expect(screen.getByRole("status").textContent).toContain("You are offline");
  });

  it("repeats the error of the service, which is connected then, and mentions the job only if there is one", () => {
    const error = new Refused({ type: "", title: "", status: 429, detail: "Too many jobs.", code: "quota_exceeded", retryable: true });
    const connection = { state: "reconnecting", failures: 1, since: 0, nextTryAt: 0, error } as const;
    const { rerender } = render(<JobProgressSpinner job={undefined} connection={connection} />);
    expect(screen.getByRole("status").textContent).toBe("Too many jobs. Your request will be sent again.");
    rerender(<JobProgressSpinner job={processingJob()} connection={connection} />);
    expect(screen.getByRole("status").textContent).toBe("Too many jobs. Your job is still running.");
  });

  it("says that a cancel failed", async () => {
    render(<JobProgressSpinner job={processingJob()} onCancel={() => Promise.resolve(false)} />);
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect((await screen.findByText("Could not cancel. Try again.", { selector: ".job-progress__note" })).textContent).not.toBe("");
  });

  it("no longer mentions a failed cancel once the job has ended", async () => {
    const { rerender } = render(<JobProgressSpinner job={processingJob()} onCancel={() => Promise.resolve(false)} />);
    fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await screen.findByText("Could not cancel. Try again.", { selector: ".job-progress__note" });
    rerender(<JobProgressSpinner job={completedJob([], { message: "Done" })} />);
    expect(screen.getByRole("status").textContent).toBe("Done");
  });

  it("never says that a job takes long before there is a job", async () => {
    vi.useFakeTimers();
    render(<JobProgressSpinner job={undefined} isPolling />);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByRole("status").textContent).toBe("Sending your request...");
  });

  it("waits another 30 s after an error is gone", async () => {
    vi.useFakeTimers();
    const job = processingJob({ message: "Generating names..." });
    const { rerender } = render(<JobProgressSpinner job={job} />);
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    rerender(<JobProgressSpinner job={job} error="Sign in again." />);
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    rerender(<JobProgressSpinner job={job} />);
    await act(() => vi.advanceTimersByTimeAsync(29_000));
    expect(screen.getByRole("status").textContent).toBe("Generating names...");
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(screen.getByRole("status").textContent).toContain("longer than usual");
  });

  it("says that the job takes long after 30 s without a change, until the next change", async () => {
    vi.useFakeTimers();
    const { rerender } = render(<JobProgressSpinner job={processingJob({ revision: 2 })} />);
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(screen.getByRole("status").textContent).toContain("longer than usual");
    rerender(<JobProgressSpinner job={processingJob({ revision: 3, message: "Generated names..." })} />);
    expect(screen.getByRole("status").textContent).toBe("Generated names...");
  });

  it("brings its style, once, before the styles of the application", () => {
    render(<JobProgressSpinner job={processingJob()} />);
    render(<JobProgressSpinner job={processingJob()} />);
    const styles = [...document.head.querySelectorAll("style")].filter((style) => style.textContent === PROGRESS_STYLE);
    expect(styles).toEqual([document.head.firstElementChild]);
  });

  it("can hide the bar and the message, and takes a class", () => {
    const { container } = render(
      <JobProgressSpinner job={processingJob()} showProgress={false} showMessage={false} className="mine" />,
    );
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(container.querySelector(".job-progress__message")).toBeNull();
    expect(container.querySelector(".job-progress.mine")).toBeTruthy();
  });
});
