import type { Job } from "@loresmith/jobs";
import { adjusted, completedJob, failedJob, finishedItem, item, missing, piece, processingJob } from "@loresmith/jobs/testing/fakeJob";
import { describe, expect, it } from "vitest";
import { added, broughtBack, dealt, NEW_CHOICE, rewritten, withRevised, type Choice } from "./choice";

const ASKED = { ...NEW_CHOICE, asked: "Fantasy" };

function names({ cards }: Choice): string[] {
  return cards.map(({ piece: { name } }) => name);
}

/** A choice of a completed job, "one", with these cards. */
function written(...given: string[]): Choice {
  return dealt(ASKED, completedJob(given.map(piece), { id: "one" }));
}

function picking(choice: Choice, name: string): Choice {
  return { ...choice, picked: choice.cards.find(({ piece }) => piece.name === name)?.id ?? null };
}

describe("a job that is still running", () => {
  it("deals each piece as soon as it is finished, in the order of its place", () => {
    const running = (items: Job["items"]) => processingJob({ id: "one", items });
    const first = dealt(ASKED, running([item(0, "Mara"), item(1, "Ilse"), finishedItem(2, "Oda")]));
    const second = dealt(first, running([finishedItem(0, "Mara"), item(1, "Ilse"), finishedItem(2, "Oda")]));
    expect([names(first), names(second)]).toEqual([["Oda"], ["Mara", "Oda"]]);
  });

  it("changes nothing if it has nothing new", () => {
    const running = processingJob({ id: "one", items: [finishedItem(0, "Mara")] });
    const choice = dealt(ASKED, running);
    expect(dealt(choice, running)).toBe(choice);
  });

  it("keeps a card and its pick when it ends, and adds the remarks", () => {
    const choice = picking(dealt(ASKED, processingJob({ id: "one", items: [finishedItem(1, "Ilse")] })), "Ilse");
    const warnings = [adjusted(1, "health was set to 150")];
    const ended = dealt(choice, completedJob(["Mara", "Ilse"].map(piece), { id: "one", warnings }));
    expect(names(ended)).toEqual(["Mara", "Ilse"]);
    expect(ended.cards[1]).toMatchObject({ id: choice.picked, note: "Adjusted: health was set to 150." });
  });

  it("keeps a card in its place if a piece before it turns out to be missing", () => {
    const choice = dealt(ASKED, processingJob({ id: "one", items: [finishedItem(2, "Oda")] }));
    const ended = dealt(choice, completedJob(["Ilse", "Oda"].map(piece), { id: "one", warnings: [missing(0)] }));
    expect(ended.cards.map(({ id }) => id)).toEqual(["one:1", "one:2"]);
  });

  it("leaves the finished pieces if it fails", () => {
    const failed = failedJob({ id: "one", items: [finishedItem(0, "Mara"), item(1, "Ilse")] });
    expect(names(dealt(ASKED, failed))).toEqual(["Mara"]);
  });
});

describe("other cards", () => {
  const others = completedJob(["Nils", "Pia"].map(piece), { id: "two" });

  it("replace all but the picked one", () => {
    const choice = dealt({ ...picking(written("Mara", "Ilse"), "Ilse"), asked: "Fantasy" }, others);
    expect(names(choice)).toEqual(["Ilse", "Nils", "Pia"]);
    expect(choice.picked).toBe("one:1");
  });

  it("can be undone, also after a retry has added to them", () => {
    const choice = dealt({ ...written("Mara", "Ilse"), asked: "Noir" }, others);
    expect(choice.fits).toBe("Noir");
    const retried = dealt(choice, completedJob(["Nils", "Pia", "Rufo"].map(piece), { id: "three", retry_of: "two" }));
    expect(names(retried)).toEqual(["Nils", "Pia", "Rufo"]);
    expect(broughtBack(retried)).toMatchObject({ cards: written("Mara", "Ilse").cards, fits: "Fantasy", replaced: [] });
  });
});

describe("another card", () => {
  const another = completedJob([piece("Cato")], { id: "two" });

  it("is picked if the old one was, so that the choice stays made", () => {
    const choice = rewritten(picking(written("Mara", "Ilse"), "Mara"), "one:0", another);
    expect(names(choice)).toEqual(["Cato", "Ilse"]);
    expect(choice.picked).toBe("two:0");
  });

  it("can be undone, with the pick", () => {
    const start = picking(written("Mara", "Ilse"), "Mara");
    expect(broughtBack(rewritten(start, "one:0", another))).toMatchObject({ cards: start.cards, picked: start.picked });
  });

  it("does not take away the pick of a third card when it is undone", () => {
    const choice = picking(rewritten(picking(written("Mara", "Ilse"), "Mara"), "one:0", another), "Ilse");
    expect(broughtBack(choice).picked).toBe("one:1");
  });

  it("does not come twice", () => {
    const choice = rewritten(written("Mara"), "one:0", another);
    expect(rewritten(choice, "one:0", another)).toBe(choice);
  });
});

describe("a piece of the library", () => {
  const oda = { id: "library:p", piece: piece("Oda"), libraryId: "p" };

  it("is put before the cards, and picked", () => {
    const choice = added(written("Mara"), oda);
    expect([names(choice), choice.picked, choice.seen]).toEqual([["Oda", "Mara"], "library:p", ["Mara", "Oda"]]);
    expect(names(added(choice, { ...oda, piece: piece("Odette") }))).toEqual(["Odette", "Mara"]);
  });

  it("stays when others are asked for", () => {
    const choice = dealt({ ...added(written("Mara"), oda), asked: "Fantasy" }, completedJob([piece("Nils")], { id: "two" }));
    expect(names(choice)).toEqual(["Oda", "Nils"]);
  });

  it("is linked to the card that a job has written", () => {
    const items = [item(0, "Mara", { library_id: "p" }), item(2, "Oda", { library_id: "q" })];
    const choice = dealt(ASKED, completedJob([piece("Mara"), piece("Oda")], { id: "one", items, warnings: [missing(1)] }));
    expect(choice.cards.map(({ libraryId }) => libraryId)).toEqual(["p", "q"]);
  });

  it("is known from the end of its job on, when the library has it", () => {
    const item = finishedItem(0, "Mara");
    const running = dealt(ASKED, processingJob({ id: "one", items: [item] }));
    const ended = dealt(running, completedJob([piece("Mara")], { id: "one", items: [{ ...item, library_id: "p" }] }));
    expect([running, ended].map(({ cards }) => cards[0]?.libraryId)).toEqual([undefined, "p"]);
  });

  it("changes its card when the user edits it, and no other", () => {
    const choice = added(written("Mara"), oda);
    expect(names(withRevised(choice, "p", piece("Odette")))).toEqual(["Odette", "Mara"]);
    expect(withRevised(choice, "p", piece("Oda"))).toBe(choice);
    expect(withRevised(choice, "other", piece("Odette"))).toBe(choice);
  });
});
