/** Runs the React example in `examples/` unchanged. */

import { completedJob, piece } from "@loresmith/jobs/testing/fakeJob";
import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import Characters from "../../../../examples/react/Characters";
import { pageWorld, pass } from "../../testing/world";

afterEach(() => {
  vi.useRealTimers();
});

it("submits a job and shows its progress until it ends", async () => {
  const { api, wrapper } = pageWorld();
  render(<Characters theme="steampunk" />, { wrapper });
  act(() => screen.getByRole("button", { name: "Write three characters" }).click());
  await pass();
  expect(api.posts).toHaveLength(1);
  expect(screen.getByRole("progressbar")).toBeDefined();
  api.set("job-1", () => completedJob([piece("Aragorn")]));
  await pass(1_000);
  expect(screen.queryByRole("progressbar")).toBeNull();
});
