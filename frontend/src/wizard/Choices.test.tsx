import { act, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import type { FakeApi } from "../testing/fakeApi";
import { piece, savedWorld } from "../testing/fakeJob";
import { click, pick, wizardWorld, write } from "../testing/wizard";
import { newPage, pass } from "../testing/world";
import { WorldPage } from "../worlds/WorldPage";

const WORLD = savedWorld({ character: { ...piece("Mara"), type: "character" } });

afterEach(() => {
  vi.useRealTimers();
});

/** The characters are written and one is picked. The factions are being written. */
async function atFactions({ postTakesMs = 0 } = {}) {
  const world = wizardWorld();
  await click("Write three characters");
  await write(world.api, "job-1", ["Mara", "Ilse", "Oda"]);
  await pick("Mara");
  world.api.postTakesMs = postTakesMs;
  await click("Continue");
  return world;
}

function cancelled(api: FakeApi): string[] {
  return api.requests.filter(({ path }) => path.endsWith("/cancel")).map(({ path }) => path);
}

describe("starting over", () => {
  it("cancels and forgets the job of a choice", async () => {
    const { api } = await atFactions();
    await click("Back");
    await click("Back");
    await click("Start over");
    expect(api.job("job-2")).toMatchObject({ type: "generate_factions", status: "cancelled" });
    expect(Object.keys(localStorage)).toEqual(["loresmith.draft"]);
  });

  it("cancels the job of a submission that is not answered yet", async () => {
    const { api } = await atFactions({ postTakesMs: 5_000 });
    await click("Back");
    await click("Back");
    await click("Start over");
    expect(api.jobs.size).toBe(1);
    await pass(10_000);
    expect(api.job("job-2").status).toBe("cancelled");
  });

  it("does not cancel jobs that have ended", async () => {
    const { api } = await atFactions();
    await write(api, "job-2", ["Salters"]);
    await click("Back");
    await click("Back");
    await click("Start over");
    expect(cancelled(api)).toEqual([]);
    expect(screen.getByRole("button", { name: "Write three characters" })).toBeDefined();
  });

  it("cancels the jobs after the world was made", async () => {
    const { api, store } = await atFactions();
    act(() => {
      store.dispatch({ do: "go", step: "world" });
      store.dispatch({ do: "finish", worldId: WORLD.id });
    });
    await click("Start another");
    expect(api.job("job-2").status).toBe("cancelled");
  });

  it("cancels the jobs from the world's page", async () => {
    const { api, store, unmount } = await atFactions();
    act(() => store.dispatch({ do: "finish", worldId: WORLD.id }));
    unmount();
    openWorld(api);
    await click("Make another world");
    expect(api.job("job-2").status).toBe("cancelled");
  });
});

/** Loads the page again, at the world's address. */
function openWorld(api: FakeApi) {
  const { wrapper: Jobs, client } = newPage(api);
  client.queryClient.setQueryData(["world", WORLD.id], WORLD);
  render(
    <Jobs>
      <DraftProvider store={createDraftStore(localStorage, window)}>
        <WorldPage worldId={WORLD.id} />
      </DraftProvider>
    </Jobs>,
  );
}
