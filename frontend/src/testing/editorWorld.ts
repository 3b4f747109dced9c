/** A desk over a fake API, on which the piece "piece-1" is edited, and fake timers. For tests. */

import { browserTimers, createApi } from "@loresmith/jobs/core";
import { createLibraryApi } from "@loresmith/jobs/library";
import { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { FakePresence } from "@loresmith/jobs/testing/fakePresence";
import { vi } from "vitest";
import { Desk } from "../editing/desk";
import { editStorage } from "../editing/heldEdit";

const stops: (() => void)[] = [];

/** Ends all pages. */
export function closePages(): void {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
}

/** Loads the page again, or opens another tab. */
export function openPage(api: FakeApi, presence = new FakePresence()) {
  const { readDocument, changeDocument } = createLibraryApi(createApi({ baseUrl: "http://api", fetch: api.fetch }));
  const storage = editStorage(localStorage, window);
  const desk = new Desk({ api: { readDocument, changeDocument }, timers: browserTimers, presence, random: () => 1, storage });
  const stop = desk.start(window);
  stops.push(stop);
  const editor = desk.editor("pieces", "piece-1");
  return { desk, editor, presence, stop, now: () => editor.view.current };
}

/** A page that has just read the piece. */
export function editorWorld() {
  vi.useFakeTimers();
  const api = new FakeApi();
  api.library.add(keptPiece());
  const page = openPage(api);
  page.editor.learn(api.library.piece());
  return { api, ...page };
}

export async function later(ms = 100): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
