import { processingJob } from "@loresmith/jobs/testing/fakeJob";
import { act, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { pass } from "../testing/world";
import { click, wizardWorld } from "../testing/wizard";

afterEach(() => {
  vi.useRealTimers();
});

function message(): string | null {
  return document.querySelector(".job-progress__message")?.textContent ?? null;
}

it.each([
  ["Preparing your request...", "Waiting to start..."],
  ["Generating characters...", "Writing characters..."],
  ["Generated appearances...", "Appearances written..."],
  ["Finalizing characters...", "Finishing characters..."],
  ["The provider is busy. Trying again in 4 s.", "The provider is busy. Trying again in 4 s."],
])("says %s as %s", async (given, shown) => {
  const { api } = wizardWorld();
  await click("Write three characters");
  act(() => void api.set("job-1", () => processingJob({ message: given })));
  await pass(1_000);
  expect(message()).toBe(shown);
});

it("says within ten seconds that the service does not answer a submission", async () => {
  const { api } = wizardWorld();
  api.trouble = "hang";
  await click("Write three characters");
  await pass(9_000);
  expect(screen.queryByText(/has not answered yet/)).toBeNull();
  await pass(1_000);
  expect(screen.getByText("The service has not answered yet. Still waiting.")).toBeDefined();
});

it("says after ten seconds that there is no news of a job, until there is", async () => {
  const { api } = wizardWorld();
  await click("Write three characters");
  await pass(11_000);
  expect(screen.getByText(/^No news for a while/)).toBeDefined();
  act(() => void api.set("job-1", () => processingJob({ progress: 40 })));
  await pass(1_000);
  expect(screen.queryByText(/^No news for a while/)).toBeNull();
});
