import type { Job } from "@loresmith/jobs";
import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { adjusted, cancelledJob, completedJob, finishedItem, item, missing, piece } from "@loresmith/jobs/testing/fakeJob";
import { act, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { cards, click, openWizard, wizardWorld, write } from "../testing/wizard";
import { newPage, pageWorld, pass } from "../testing/world";
import { JobPage } from "./JobPage";
import { JobsPage } from "./JobsPage";

afterEach(() => {
  vi.useRealTimers();
});

async function show(api: FakeApi, page: ReactNode): Promise<() => void> {
  const { wrapper: Page } = newPage(api);
  const { unmount } = render(
    <Page>
      <DraftProvider store={createDraftStore(localStorage, window)}>{page}</DraftProvider>
    </Page>,
  );
  await pass(1_000);
  return unmount;
}

async function listed(job: Job): Promise<string> {
  const { api } = pageWorld();
  api.add(job);
  await show(api, <JobsPage />);
  return screen.getByRole("listitem").textContent;
}

it("labels a job with the label of its type", async () => {
  expect(await listed(completedJob([piece("Mara")], { type: "create_world" }))).toContain("Create world");
});

it("says what a job has used, and what that has cost if it is known", async () => {
  const usage = { llm_calls: 16, prompt_tokens: 9_550, completion_tokens: 970, estimated_cost_usd: 0.0020145 };
  expect(await listed(completedJob([piece("Mara")], { usage }))).toContain("16 calls, 10,520 tokens, $0.002");
});

describe("a completed job in the list", () => {
  it("says what is missing, and offers to write it", async () => {
    expect(await listed(completedJob([piece("Mara")], { warnings: [missing(1)] }))).toContain("MaraOne is missing. Refused.");
    expect(screen.getByRole("button", { name: "Write what is missing" })).toBeDefined();
  });

  it("says what was adjusted, and offers no retry", async () => {
    const warnings = [adjusted(0, "health was set to 150")];
    expect(await listed(completedJob([piece("Mara")], { warnings }))).toContain("Mara was adjusted: health was set to 150.");
    expect(screen.queryByRole("button", { name: "Write what is missing" })).toBeNull();
  });

  it("links each name to its piece", async () => {
    await listed(completedJob([piece("Mara"), piece("Ilse")], { id: "a" }));
    expect(screen.getByRole("link", { name: "Ilse" }).getAttribute("href")).toBe("#/jobs/a/1");
  });
});

describe("the page of a job", () => {
  it("has what a cancelled job has written", async () => {
    const { api } = pageWorld();
    api.add({ ...cancelledJob(completedJob([])), id: "a", items: [finishedItem(0, "Mara"), item(1, "Ilse")] });
    await show(api, <JobPage jobId="a" />);
    expect(screen.getAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent)).toEqual(["Mara", "Ilse"]);
    expect(screen.getByRole("button", { name: "Retry" })).toBeDefined();
  });

  it("says that a job has expired", async () => {
    const { api } = pageWorld();
    await show(api, <JobPage jobId="a" />);
    expect(screen.getByRole("status").textContent).toContain("no longer kept");
  });
});

it("brings the cards of a retried job back to the world that is being made", async () => {
  const { api, unmount } = wizardWorld();
  await click("Write three characters");
  await click("Cancel");
  unmount();
  const leave = await show(api, <JobsPage />);
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  await pass(500);
  expect(api.job("job-4")).toMatchObject({ retry_of: "job-1" });
  act(leave);
  openWizard(api);
  await pass(500);
  await write(api, "job-4", ["Mara", "Ilse"]);
  expect(cards()).toEqual(["Mara", "Ilse"]);
  expect(screen.queryByText(/Write what is missing/)).toBeNull();
});
