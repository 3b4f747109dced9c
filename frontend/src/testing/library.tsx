/** The library over a fake API, as a user sees it. For tests. */

import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { FakePresence } from "@loresmith/jobs/testing/fakePresence";
import { act, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { newPage, pageWorld, pass } from "./world";

/** A page over a library with these pieces. */
export async function libraryWorld(page: ReactNode, pieces = [keptPiece()]) {
  const { api } = pageWorld();
  api.library.add(...pieces);
  return { api, ...(await openLibrary(api, page)) };
}

/** Loads the page again, or opens another tab, with the same API. */
export async function openLibrary(api: FakeApi, page: ReactNode) {
  const presence = new FakePresence();
  const { wrapper: Jobs, desk } = newPage(api, presence);
  const drafts = createDraftStore(localStorage, window);
  const { unmount } = render(
    <Jobs>
      <DraftProvider store={drafts}>{page}</DraftProvider>
    </Jobs>,
  );
  await settle();
  return { presence, desk, drafts, unmount };
}

/** Waits until everything that follows from the last action is shown: React renders between the steps. */
export async function settle(): Promise<void> {
  for (let step = 0; step < 3; step += 1) await pass(500);
}

export async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole("button", { name }));
  await settle();
}

/** Leaves a field, as with a click elsewhere. */
export async function leave(field: HTMLElement): Promise<void> {
  act(() => field.blur());
  await settle();
}

/** Opens the field of a part, and types. */
export async function type(label: string, text: string): Promise<HTMLElement> {
  await press(`Edit ${label}`);
  const field = screen.getByRole("textbox", { name: label });
  fireEvent.change(field, { target: { value: text } });
  await pass(100);
  return field;
}
