import { completedJob, piece } from "@loresmith/jobs/testing/fakeJob";
import { JOB_TYPES, WITH_PROPHECIES } from "@loresmith/jobs/testing/fakeRegistry";
import { describe, expect, it } from "vitest";
import { kindsOf, type Kind } from "../lore/kind";
import { change, fitOf, isReachable, newDraft, pickedPiece, picksOf, shownStep, stepsOf, type Draft } from "./draft";
import { piecesRequest, worldRequest } from "./request";

const FEW = kindsOf(JOB_TYPES);
const KINDS = kindsOf(WITH_PROPHECIES);

const worldOf = (kinds: readonly Kind[]) => ({ kinds, worldType: "create_world" as const });

/** A draft with a pick of every kind, prophecies included. */
function pickedAll(): Draft {
  return KINDS.reduce((draft, kind) => {
    const job = { ...completedJob([{ ...piece(`A ${kind.one}`), type: kind.key }]), id: `job-${kind.key}` };
    const dealt = change(draft, { do: "deal", kind, job });
    return change(dealt, { do: "pick", kind, cardId: `job-${kind.key}:0` });
  }, newDraft("draft"));
}

describe("a kind that only the API knows", () => {
  it("is a step in the order of the API's list", () => {
    expect(stepsOf(KINDS)).toEqual(["theme", "character", "faction", "setting", "event", "relic", "prophecy", "world"]);
  });

  it("is written to fit its context", () => {
    const [prophecy] = KINDS.slice(-1);
    const request = prophecy && piecesRequest(pickedAll(), prophecy);
    expect(request).toMatchObject({ type: "generate_prophecies", payload: { selectedRelic: { name: "A relic" } } });
  });

  it("is part of the world", () => {
    const { payload } = worldRequest(pickedAll(), worldOf(KINDS), undefined);
    expect(payload.selectedLore).toMatchObject({ relic: { name: "A relic" }, prophecy: { name: "A prophecy" } });
  });

  it("must be picked before the world", () => {
    const draft = pickedAll();
    const without = { ...draft, choices: { ...draft.choices, prophecy: undefined } };
    expect([isReachable(draft, "world", KINDS), isReachable(without, "world", KINDS)]).toEqual([true, false]);
  });
});

describe("a request", () => {
  const [kind] = FEW as [Kind];

  it("avoids the newest names, as many as the API accepts", () => {
    const names = ["Ada", "Bo", "Cy", "Di", "Eli", "Flo"];
    const pieces = names.map(piece);
    const draft = change(newDraft("draft"), { do: "deal", kind, job: completedJob(pieces) });
    expect(kind.avoidMax).toBe(5);
    expect(piecesRequest(draft, kind).payload.avoid).toEqual(names.slice(1));
  });

  it("says the language and the premise, if the user did", () => {
    const brief = { language: "pt-BR", premise: "Four beginners owe a dragon rent." };
    const start = newDraft("draft");
    const chosen = change(change(start, { do: "choose-language", language: brief.language }), {
      do: "set-premise",
      premise: ` ${brief.premise}\n`,
    });
    for (const requestOf of [(draft: Draft) => piecesRequest(draft, kind), (draft: Draft) => worldRequest(draft, worldOf(FEW), undefined)]) {
      expect(requestOf(chosen).payload).toMatchObject(brief);
      expect(requestOf(start).payload).not.toHaveProperty("language");
      expect(requestOf(start).payload).not.toHaveProperty("premise");
    }
  });

  it("leaves out an empty theme, so that the default of the API applies", () => {
    const draft = change(newDraft("draft"), { do: "choose-theme", theme: " " });
    expect(piecesRequest(draft, kind).payload).not.toHaveProperty("theme");
    expect(worldRequest(draft, worldOf(FEW), undefined)).toMatchObject({ type: "create_world" });
  });
});

describe("what cards must fit", () => {
  const [kind] = FEW as [Kind];

  it("names the language, so that cards in another one are noticed", () => {
    const draft = change(newDraft("draft"), { do: "choose-language", language: "de" });
    expect(fitOf(draft, kind)).toBe("Fantasy, in German");
  });

  it("is another world with another language or premise", () => {
    const draft = newDraft("draft");
    const german = change(draft, { do: "choose-language", language: "de" });
    const indebted = change(draft, { do: "set-premise", premise: "Rent is due." });
    expect(new Set([draft, german, indebted].map(picksOf)).size).toBe(3);
  });
});

describe("a kind that the API no longer has", () => {
  it("has no step, and the draft returns to the theme", () => {
    const draft = change(pickedAll(), { do: "go", step: "prophecy" });
    expect([shownStep(draft, KINDS), shownStep(draft, FEW)]).toEqual(["prophecy", "theme"]);
    expect(isReachable(draft, "prophecy", FEW)).toBe(false);
  });

  it("is not part of the world", () => {
    expect(worldRequest(pickedAll(), worldOf(FEW), undefined).payload.selectedLore).not.toHaveProperty("prophecy");
  });
});

describe("the library", () => {
  const canon = [{ id: "c", name: "The bell" }];

  it("gives every request the pieces that it must agree with", () => {
    const draft = change(pickedAll(), { do: "set-canon", canon });
    const [kind] = KINDS;
    expect(kind && piecesRequest(draft, kind).payload.canon).toEqual(["c"]);
    expect(worldRequest(draft, worldOf(KINDS), undefined).payload.canon).toEqual(["c"]);
    expect(worldRequest(pickedAll(), worldOf(KINDS), undefined).payload).not.toHaveProperty("canon");
    expect(change(draft, { do: "set-canon", canon: [...canon] })).toBe(draft);
  });

  it("changes the world if a picked piece is edited", () => {
    const card = { id: "library:p", piece: piece("Oda"), libraryId: "p" };
    const added = change(pickedAll(), { do: "add", kind: { key: "character" }, card });
    const made = { ...added, worldId: "w" };
    const revised = change(made, { do: "revise", libraryId: "p", piece: piece("Odette") });
    expect(revised.worldId).toBeNull();
    expect(pickedPiece(revised, { key: "character" })?.name).toBe("Odette");
    expect(change(made, { do: "revise", libraryId: "other", piece: piece("Odette") })).toBe(made);
  });

  it("has a new text of a picked piece, so the world of the old text is not the world of the draft", () => {
    const card = { id: "library:p", piece: piece("Oda"), libraryId: "p" };
    const added = change(pickedAll(), { do: "add", kind: { key: "character" }, card });
    const revised = change(added, { do: "revise", libraryId: "p", piece: { ...piece("Oda"), description: "She has left." } });
    expect(change(revised, { do: "finish", worldId: "w", picks: picksOf(added) }).worldId).toBeNull();
    expect(change(revised, { do: "finish", worldId: "w", picks: picksOf(revised) }).worldId).toBe("w");
  });

  it("has the same piece with its fields in another order, so the world stays", () => {
    const { description, ...others } = { ...piece("Oda"), details: { age: 3, debt: "A ring." } };
    const card = { id: "library:p", piece: { description, ...others }, libraryId: "p" };
    const made = { ...change(pickedAll(), { do: "add", kind: { key: "character" }, card }), worldId: "w" };
    const same = { ...others, description, details: { debt: "A ring.", age: 3 } };
    expect(change(made, { do: "revise", libraryId: "p", piece: same })).toBe(made);
  });
});
