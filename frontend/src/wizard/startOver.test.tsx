import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { piece, savedWorld } from "@loresmith/jobs/testing/fakeJob";
import { act, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { picksOf } from "../draft/draft";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { cards, click, pick, wizardWorld, write } from "../testing/wizard";
import { newPage, pass } from "../testing/world";
import { WorldPage } from "../worlds/WorldPage";

const WORLD = savedWorld({ character: { ...piece("Mara"), type: "character" } });

afterEach(() => {
  vi.useRealTimers();
});

/** The characters are written, and Mara is picked. The factions and settings are being written. */
async function started({ postTakesMs = 0 } = {}) {
  const world = wizardWorld();
  world.api.postTakesMs = postTakesMs;
  await click("Write three characters");
  await write(world.api, "job-1", ["Mara", "Ilse", "Oda"]);
  await pick("Mara");
  return world;
}

function running(api: FakeApi): string[] {
  return [...api.jobs.values()].filter(({ status }) => status === "pending").map(({ type }) => type);
}

async function startOver() {
  await click("Back");
  await click("Start over");
}

describe("starting over", () => {
  it("loses nothing: Undo brings the cards back, and the jobs keep running", async () => {
    const { api } = await started();
    await startOver();
    expect(running(api)).toEqual(["generate_factions", "generate_settings"]);
    await click(/^Undo/);
    await click("Continue");
    expect(cards()).toEqual(["Mara", "Ilse", "Oda"]);
    await click("Continue");
    await write(api, "job-2", ["Salters"]);
    expect(cards()).toEqual(["Salters"]);
  });

  it("keeps what the old jobs write in the meantime", async () => {
    const { api } = await started();
    await startOver();
    await write(api, "job-2", ["Salters"]);
    await click(/^Undo/);
    await click(/^Faction/);
    expect(cards()).toEqual(["Salters"]);
  });

  it("cancels and forgets the old jobs as soon as something new is written", async () => {
    const { api } = await started();
    await startOver();
    await click("Write three characters");
    await pass(1_000);
    expect([api.job("job-2").status, api.job("job-3").status]).toEqual(["cancelled", "cancelled"]);
    expect(running(api)).toEqual(["generate_characters", "generate_factions", "generate_settings"]);
    await click("Back");
    expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull();
    expect(Object.keys(localStorage).filter((key) => key.startsWith("loresmith.job."))).toHaveLength(3);
  });

  it("cancels the old job of a submission that is not answered yet", async () => {
    const world = wizardWorld();
    world.api.postTakesMs = 5_000;
    await click("Write three characters");
    await startOver();
    expect(world.api.jobs.size).toBe(0);
    await click("Write three characters");
    await pass(10_000);
    expect(running(world.api)).toEqual(["generate_characters", "generate_factions", "generate_settings"]);
    expect([...world.api.jobs.values()].filter(({ status }) => status === "cancelled")).toHaveLength(3);
  });

  it("submits nothing if the browser goes back to a step of the old draft", async () => {
    const { api } = await started();
    await startOver();
    const before = api.posts.length;
    act(() => void window.dispatchEvent(new PopStateEvent("popstate", { state: { draft: "an older one", step: "character" } })));
    await pass(5_000);
    expect(api.posts).toHaveLength(before);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Make a world");
  });

  it("keeps the jobs after the world was made", async () => {
    const { api, store } = await started();
    act(() => {
      store.dispatch({ do: "go", step: "world" });
      store.dispatch({ do: "finish", worldId: WORLD.id, picks: picksOf(store.get()) });
    });
    await click("Start another");
    expect(running(api)).toHaveLength(2);
    expect(screen.getByRole("button", { name: /^Undo/ })).toBeDefined();
  });

  it("is offered on the world's page", async () => {
    const { api, store, unmount } = await started();
    act(() => store.dispatch({ do: "finish", worldId: WORLD.id, picks: picksOf(store.get()) }));
    unmount();
    const opened = openWorld(api);
    await click("Make another world");
    expect(opened.get().worldId).toBeNull();
    expect(opened.previous()?.worldId).toBe(WORLD.id);
  });
});

/** Loads the page again, at the world's address. */
function openWorld(api: FakeApi) {
  const { wrapper: Jobs, desk } = newPage(api);
  desk.learn("worlds", [WORLD]);
  const store = createDraftStore(localStorage, window);
  render(
    <Jobs>
      <DraftProvider store={store}>
        <WorldPage worldId={WORLD.id} />
      </DraftProvider>
    </Jobs>,
  );
  return store;
}
