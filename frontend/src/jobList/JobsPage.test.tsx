import { render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Job } from "../api/wire";
import { adjusted, completedJob, missing, piece } from "../testing/fakeJob";
import { pageWorld, pass } from "../testing/world";
import { JobsPage } from "./JobsPage";

afterEach(() => {
  vi.useRealTimers();
});

async function listed(job: Job): Promise<string> {
  const { api, wrapper: Page } = pageWorld();
  api.add(job);
  render(
    <Page>
      <JobsPage />
    </Page>,
  );
  await pass(1_000);
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
});
