/** The wizard over a fake API, as a user sees it. For tests. */

import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { completedJob, missing, piece } from "@loresmith/jobs/testing/fakeJob";
import { fireEvent, render, screen } from "@testing-library/react";
import { vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { WizardPage } from "../wizard/WizardPage";
import { newPage, pageWorld, pass } from "./world";

export function wizardWorld() {
  window.history.replaceState(null, "");
  const { api } = pageWorld();
  return { api, ...openWizard(api) };
}

/** Loads the page again, or opens another tab, with the same API. */
export function openWizard(api: FakeApi) {
  vi.spyOn(window, "scrollTo").mockReturnValue();
  const { wrapper: Jobs } = newPage(api);
  const store = createDraftStore(localStorage, window);
  const { unmount } = render(
    <Jobs>
      <DraftProvider store={store}>
        <WizardPage />
      </DraftProvider>
    </Jobs>,
  );
  return { store, unmount };
}

export async function click(button: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole("button", { name: button }));
  await pass(500);
}

export async function pick(name: string): Promise<void> {
  fireEvent.click(screen.getByRole("radio", { name }));
  await pass();
}

/** Completes a job with pieces of these names; `gaps` more are missing. */
export async function write(api: FakeApi, jobId: string, names: string[], gaps = 0): Promise<void> {
  const warnings = Array.from({ length: gaps }, (_, index) => missing(names.length + index));
  const { type, retry_of } = api.job(jobId);
  api.set(jobId, () => completedJob(names.map(piece), { type, retry_of, warnings }));
  await pass(1_000);
}

/** The names of the cards to pick from. */
export function cards(): string[] {
  return screen.queryAllByRole("radio").map(({ nextSibling }) => nextSibling?.textContent ?? "");
}

/** The name of the picked card. */
export function picked(): string | null {
  return screen.queryByRole("radio", { checked: true })?.nextSibling?.textContent ?? null;
}
