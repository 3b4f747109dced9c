/** The page of a saved world over a fake API, as its owner sees it. For tests. */

import type { KeptWorld } from "@loresmith/jobs/library";
import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { piece } from "@loresmith/jobs/testing/fakeJob";
import { keptWorld } from "@loresmith/jobs/testing/fakeSharing";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { DEFAULT_OWNER, OwnerContext } from "../kit/owner";
import { WorldPage } from "../worlds/WorldPage";
import { newPage, pageWorld, pass } from "./world";

export const MARA = { ...piece("Mara Quill"), description: "She keeps the ledger of the Salt Court.", details: { concept: "A clerk", debt: "She burnt it." } };
export const COURT = { ...piece("The Salt Court"), type: "faction", description: "Judges who drowned." };

/** A world with the character Mara, who names the faction. */
export async function worldPage(fields: Partial<KeptWorld> = {}, owner: string | null = DEFAULT_OWNER) {
  const { api } = pageWorld();
  const world = keptWorld({ character: MARA, faction: COURT }, { story: "It rained.\n\nThen it stopped.", ...fields });
  api.library.worlds.set(world.id, world);
  await openWorld(api, world.id, owner ?? undefined);
  return { api, world: () => api.library.worlds.get(world.id) ?? world };
}

/** Loads the page again. `owner`: that of a page without a token; none for a page with one. */
export async function openWorld(api: FakeApi, worldId: string, owner?: string): Promise<void> {
  vi.spyOn(window, "scrollTo").mockReturnValue();
  // jsdom does not scroll.
  Element.prototype.scrollIntoView = () => undefined;
  const { wrapper: Providers } = newPage(api);
  render(
    <Providers>
      <OwnerContext value={owner}>
        <DraftProvider store={createDraftStore(localStorage, window)}>
          <WorldPage worldId={worldId} />
        </DraftProvider>
      </OwnerContext>
    </Providers>,
  );
  await pass(100);
}

export async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(screen.getByRole("button", { name }));
  await pass(100);
}

/** A part of the world by its heading, open or closed. */
export function part(heading: string) {
  const element = screen.getByRole("region", { name: heading });
  return { element, ...within(element) };
}

export function isOpen(heading: string): boolean {
  return part(heading).getByRole("button", { name: heading }).getAttribute("aria-expanded") === "true";
}
