import { act, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FakeApi } from "../testing/fakeApi";
import { adjusted, completedJob, failedJob, missing, piece } from "../testing/fakeJob";
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
  await write(world.api, "job-2", ["Bodo"]);
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
    expect(api.job("job-3").retry_of).toBe("job-1");
    await write(api, "job-3", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("adds a piece that comes before others in the result", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    await write(api, "job-3", ["Mara", "Oda", "Ilse"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
  });

  it("works across a reload", async () => {
    const { api, unmount } = await withReplacedCard();
    await click("Write what is missing");
    unmount();
    openWizard(api);
    await pass(500);
    await write(api, "job-3", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("works if every card was replaced", async () => {
    const { api } = await withReplacedCard();
    await click(/in place of Ilse/);
    await write(api, "job-3", ["Cato"]);
    await click("Write what is missing");
    await write(api, "job-4", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Cato", "Oda"]);
  });

  it("works in several rounds", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    await write(api, "job-1", ["Mara"], 2);
    await pick("Mara");
    await click("Write what is missing");
    await write(api, "job-2", ["Mara", "Ilse"], 1);
    await click(/in place of Ilse/);
    await write(api, "job-3", ["Cato"]);
    await click("Write what is missing");
    await write(api, "job-4", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Mara", "Cato", "Oda"]);
    expect(picked()).toBe("Mara");
  });

  it("works on a retry after a failure", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    act(() => void api.set("job-3", () => failedJob({ retry_of: "job-1" })));
    await pass(1_000);
    expect(cards()).toEqual(["Bodo", "Ilse"]);
    await click("Retry");
    expect(api.job("job-4").retry_of).toBe("job-3");
    await write(api, "job-4", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Bodo", "Ilse", "Oda"]);
    expect(picked()).toBe("Bodo");
  });

  it("does not touch a card that is being replaced", async () => {
    const { api } = await withReplacedCard();
    await click(/in place of Ilse/);
    await click("Write what is missing");
    await write(api, "job-4", ["Mara", "Ilse", "Oda"]);
    expect(screen.getByRole("progressbar", { name: "Writing another" })).toBeDefined();
    await write(api, "job-3", ["Cato"]);
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
    act(() => void api.set("job-3", () => completedJob([piece("Cato")], { warnings: [adjusted(0, "a trait was cut")] })));
    await pass(1_000);
    expect(screen.getByText(note).closest("article")?.textContent).toContain("Cato");
  });
});

describe("writing other pieces", () => {
  it("replaces all cards, including replaced and added ones", async () => {
    const { api } = await withReplacedCard();
    await click("Write what is missing");
    await write(api, "job-3", ["Mara", "Ilse", "Oda"]);
    await click("Write 3 others");
    expect(avoided(api)).toEqual(["Mara", "Ilse", "Bodo", "Oda"]);
    await write(api, "job-4", ["Nils", "Pia", "Rufo"]);
    expect(cards()).toEqual(["Nils", "Pia", "Rufo"]);
    expect(picked()).toBeNull();
  });

  it("works on a retry after a failure", async () => {
    const { api } = await withReplacedCard();
    await click("Write 3 others");
    act(() => void api.set("job-3", () => failedJob()));
    await pass(1_000);
    await click("Retry");
    await write(api, "job-4", ["Nils", "Pia", "Rufo"]);
    expect(cards()).toEqual(["Nils", "Pia", "Rufo"]);
    expect(picked()).toBeNull();
  });

  it("replaces all cards even if names come again", async () => {
    const { api } = await withReplacedCard();
    await click("Write 3 others");
    await write(api, "job-3", ["Mara", "Ilse", "Oda"]);
    expect(cards()).toEqual(["Mara", "Ilse", "Oda"]);
    expect(picked()).toBeNull();
  });

  it("avoids the name of a piece that was not finished", async () => {
    const { api } = wizardWorld();
    await click("Write three characters");
    const unfinished = { index: 1, stages: ["name"], name: "Oda", description: null, type: "character", language: "en", details: {} };
    act(() => void api.set("job-1", () => completedJob([piece("Mara")], { items: [unfinished], warnings: [missing(1)] })));
    await pass(1_000);
    await click(/in place of Mara/);
    expect(avoided(api)).toEqual(["Mara", "Oda"]);
  });
});
