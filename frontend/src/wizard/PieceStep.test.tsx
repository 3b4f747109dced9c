import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { adjusted, cancelledJob, completedJob, failedJob, finishedItem, item, missing, piece, processingJob } from "@loresmith/jobs/testing/fakeJob";
import { act, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cards, click, openWizard, pick, picked, wizardWorld, write } from "../testing/wizard";
import { pass } from "../testing/world";

afterEach(() => {
  vi.useRealTimers();
});

/** Mara and Ilse are written, and one piece is missing. Bodo replaces Mara, and is picked. */
async function withReplacedCard() {
  const world = wizardWorld();
  await click("Write three characters");
  await write(world.api, "job-1", ["Mara", "Ilse"], 1);
  await click(/in place of Mara/);
  await write(world.api, "job-4", ["Bodo"]);
  await pick("Bodo");
  return world;
}

/** The names to avoid in the newest submission. */
function avoided(api: FakeApi): unknown {
  const payload = api.posts.at(-1)?.body?.payload;
  return payload && "avoid" in payload ? payload.avoid : undefined;
}

describe("writing the missing pieces", () => {
  it("adds them, and keeps the other cards and the pick", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    expect(api.job("job-5").retry_of).toBe("job-1");
    await write(api, "job-5", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("adds a piece that comes before others in the result", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    await write(api, "job-5", ["Mara", "Oda", "Ilse"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
  });

  it("works across a reload", async () => {
    const { api, unmount } = await withReplacedCard();
    await click("Write what is missing");
    unmount();
    openWizard(api);
    await pass(500);
    await write(api, "job-5", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("works if every card was replaced", async () => {
    const { api } = await withReplacedCard();
    await click(/in place of Ilse/);
    await write(api, "job-5", ["Cato"]);
    await click("Write what is missing");
    await write(api, "job-6", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Cato", "Oda"]);
  });

  it("works in several rounds", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    await write(api, "job-1", ["Mara"], 2);
    await pick("Mara");
    await click("Write what is missing");
    await write(api, "job-4", ["Mara", "Ilse"], 1);
    await click(/in place of Ilse/);
    await write(api, "job-5", ["Cato"]);
    await click("Write what is missing");
    await write(api, "job-6", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Mara", "Cato", "Oda"]);
    expect(picked()).toBe("Mara");
  });

  it("works on a retry after a failure", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    act(() => void api.set("job-5", () => failedJob({ retry_of: "job-1" })));
    await pass(1_000);
    expect(cards()).toEqual(["Bodo", "Ilse"]);
    await click("Retry");
    expect(api.job("job-6").retry_of).toBe("job-5");
    await write(api, "job-6", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("does not touch a card that is being replaced", async () => {
    const { api } = await withReplacedCard();
    await click(/in place of Ilse/);
    await click("Write what is missing");
    await write(api, "job-6", ["Mara", "Ilse", "Oda"]);
    expect(screen.getByRole("progressbar", { name: "Writing another" })).toBeDefined();
    await write(api, "job-5", ["Cato"]);
    expect(cards()).toEqual(["Bodo", "Cato", "Oda"]);
  });
});

describe("an adjusted piece", () => {
  const note = /^Adjusted: /;

  it("has a note on its card, also after a reload, and nothing is missing", async () => {
    const { api, unmount } = wizardWorld();
    await click("Write three characters");
    const warnings = [adjusted(1, "health was set to 150.")];
    act(() => void api.set("job-1", () => completedJob(["Mara", "Ilse", "Oda"].map(piece), { warnings })));
    await pass(1_000);
    expect(screen.queryByRole("button", { name: "Write what is missing" })).toBeNull();
    unmount();
    openWizard(api);
    await pass(1_000);
    expect(screen.getByText(note).textContent).toBe("Adjusted: health was set to 150.");
    expect(screen.getByText(note).closest("article")?.textContent).toContain("Ilse");
  });

  it("has a note if it replaced another piece", async () => {
    const { api } = await withReplacedCard();
    await click(/in place of Ilse/);
    act(() => void api.set("job-5", () => completedJob([piece("Cato")], { warnings: [adjusted(0, "a trait was cut")] })));
    await pass(1_000);
    expect(screen.getByText(note).closest("article")?.textContent).toContain("Cato");
  });
});

describe("writing other pieces", () => {
  it("replaces all cards but the picked one, including added ones", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    await write(api, "job-5", ["Mara", "Ilse", "Oda"]);
    await click("Write three others");
    expect(avoided(api)).toEqual(["Mara", "Ilse", "Bodo", "Oda"]);
    await write(api, "job-6", ["Nils", "Pia", "Rufo"]);
    expect(cards()).toEqual(["Bodo", "Nils", "Pia", "Rufo"]);
    expect(picked()).toBe("Bodo");
  });

  it("can be undone, step by step", async () => {
    const { api } = await withReplacedCard();
    await click("Write three others");
    await write(api, "job-5", ["Nils", "Pia", "Rufo"]);
    await click("Undo: bring back Ilse");
    expect(cards()).toEqual(["Bodo", "Ilse"]);
    await click("Undo: bring back Mara");
    expect(cards()).toEqual(["Mara", "Ilse"]);
    expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull();
  });

  it("leaves the cards as they were if it is cancelled", async () => {
    await withReplacedCard();
    await click("Write three others");
    expect(cards()).toEqual(["Bodo"]);
    await click("Cancel");
    expect(cards()).toEqual(["Bodo", "Ilse"]);
  });

  it("works on a retry after a failure", async () => {
    const { api } = await withReplacedCard();
    await click("Write three others");
    act(() => void api.set("job-5", () => failedJob()));
    await pass(1_000);
    await click("Retry");
    await write(api, "job-6", ["Nils", "Pia", "Rufo"]);
    expect(cards()).toEqual(["Bodo", "Nils", "Pia", "Rufo"]);
    expect(picked()).toBe("Bodo");
  });

  it("replaces all cards even if names come again", async () => {
    const { api } = await withReplacedCard();
    await click("Write three others");
    await write(api, "job-5", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Mara", "Ilse", "Oda"]);
  });

  it("avoids the name of a piece that was not finished", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    act(() => void api.set("job-1", () => completedJob([piece("Mara")], { items: [item(1, "Oda")], warnings: [missing(1)] })));
    await pass(1_000);
    await click(/in place of Mara/);
    expect(avoided(api)).toEqual(["Mara", "Oda"]);
  });
});

describe("a picked card", () => {
  it("stays picked if it is replaced, so that no choice is lost", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    await write(api, "job-1", ["Mara", "Ilse", "Oda"]);
    await pick("Mara");
    await click(/in place of Mara/);
    await click("Continue");
    await write(api, "job-4", ["Bodo"]);
    expect(screen.getByRole("button", { name: /^Character/ }).textContent).toBe("CharacterBodo");
    await click("Back");
    expect([cards(), picked()]).toEqual([["Bodo", "Ilse", "Oda"], "Bodo"]);
  });

  it("can be picked and left while the others are still being written", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    act(() => void api.set("job-1", () => processingJob({ items: [item(0, "Mara"), finishedItem(1, "Ilse")] })));
    await pass(1_000);
    expect(cards()).toEqual(["Ilse"]);
    await pick("Ilse");
    await click("Continue");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Factions");
    await write(api, "job-1", ["Mara", "Ilse", "Oda"]);
    await click("Back");
    expect([cards(), picked()]).toEqual([["Mara", "Ilse", "Oda"], "Ilse"]);
  });
});

describe("the kinds that need no earlier choice", () => {
  it("are written at the same time from the start, each once", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    const types = ["generate_characters", "generate_factions", "generate_settings"];
    expect(api.posts.map(({ body }) => body?.type)).toEqual(types);
    await write(api, "job-2", ["Salters"]);
    await write(api, "job-1", ["Mara"]);
    await pick("Mara");
    await click("Continue");
    expect(cards()).toEqual(["Salters"]);
    await pick("Salters");
    await click("Continue");
    expect(api.posts).toHaveLength(3);
  });
});

describe("a job that was cancelled", () => {
  it("leaves its finished cards, and offers no other cards if there are none", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    await click("Cancel");
    expect(screen.queryByText(/Don't like any/)).toBeNull();
    expect(screen.getByRole("button", { name: "Retry" })).toBeDefined();
    act(() => void api.set("job-2", (job) => ({ ...cancelledJob(job), items: [finishedItem(0, "Salters")] })));
    await pass(1_000);
    await click(/^Faction/);
    expect(cards()).toEqual(["Salters"]);
  });

  it("is shown again after a reload, with a way to continue it", async () => {
    const { api, unmount } = wizardWorld();
    await click("Write three characters");
    await click("Cancel");
    unmount();
    openWizard(api);
    await pass(1_000);
    await click("Retry");
    expect(api.job("job-4").retry_of).toBe("job-1");
    await write(api, "job-4", ["Mara"]);
    expect(cards()).toEqual(["Mara"]);
  });
});
