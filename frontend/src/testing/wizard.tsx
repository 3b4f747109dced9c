/** The wizard as somebody sees and uses it, over a fake API. For tests. */

import { fireEvent, render, screen } from "@testing-library/react";
import { vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { WizardPage } from "../wizard/WizardPage";
import type { FakeApi } from "./fakeApi";
import { completedJob, missing, piece } from "./fakeJob";
import { newPage, pageWorld, pass } from "./world";

export function wizardWorld() {
  window.history.replaceState(null, "");
  const { api } = pageWorld();
  return { api, ...openWizard(api) };
}

/** Another load of the page, or another tab, over the same API. */
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

/** Gives a job a result of pieces with these names; `gaps` more are missing. */
export async function write(api: FakeApi, jobId: string, names: string[], gaps = 0): Promise<void> {
  const warnings = Array.from({ length: gaps }, (_, index) => missing(names.length + index));
  const { type, retry_of } = api.job(jobId);
  api.set(jobId, () => completedJob(names.map(piece), { type, retry_of, warnings }));
  await pass(1_000);
}

/** Names of the cards to pick from. */
export function cards(): string[] {
  return screen.queryAllByRole("radio").map(({ nextSibling }) => nextSibling?.textContent ?? "");
}

/** Name of the card that is picked. */
export function picked(): string | null {
  return screen.queryByRole("radio", { checked: true })?.nextSibling?.textContent ?? null;
}
