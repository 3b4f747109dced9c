import { describe, expect, it } from "vitest";
import { piece } from "../testing/fakeJob";
import { newDraft, stageOf, type Draft } from "./draft";
import { createDraftStore } from "./draftStore";

const KEY = "loresmith.draft";
const STAGE = stageOf(newDraft("draft"), { key: "character" });

function storeOf(kept: unknown) {
  localStorage.setItem(KEY, typeof kept === "string" ? kept : JSON.stringify(kept));
  return createDraftStore(localStorage, window);
}

function draftNow() {
  localStorage.clear();
  return structuredClone(createDraftStore(localStorage, window).get());
}

describe("a draft that was kept", () => {
  it("is taken up as it was", () => {
    const kept = { ...draftNow(), theme: "cyberpunk", step: "faction" };
    expect(storeOf(kept).get()).toEqual(kept);
  });

  it.each([{}, { type: null, details: null }, { type: undefined, details: undefined }])("keeps a piece with %o", (fields) => {
    const kept = draftNow();
    expect(storeOf(withPiece(kept, fields)).get().id).toBe(kept.id);
  });

  it.each([
    ["nonsense", () => "{"],
    ["null", () => null],
    ["a list", () => []],
    ["no theme", (draft: Draft) => ({ ...draft, theme: null })],
    ["a step that is no text", (draft: Draft) => ({ ...draft, step: 3 })],
    ["no stages", (draft: Draft) => ({ ...draft, stages: null })],
    ["a stage without cards", (draft: Draft) => ({ ...draft, stages: { ...draft.stages, relic: {} } })],
    ["a card that is none", (draft: Draft) => withCards(draft, [null])],
    ["a card without an id", (draft: Draft) => withCards(draft, [{ piece: piece("Mara") }])],
    ["a card whose note is not text", (draft: Draft) => withCards(draft, [{ id: "1", piece: piece("Mara"), note: 1 }])],
    ["a card without a piece", (draft: Draft) => withCards(draft, [{ id: "1" }])],
    ["a piece without a name", (draft: Draft) => withPiece(draft, { name: null })],
    ["a piece without a description", (draft: Draft) => withPiece(draft, { description: undefined })],
    ["a description that is no text", (draft: Draft) => withPiece(draft, { description: { text: "A clerk." } })],
    ["a type that is no text", (draft: Draft) => withPiece(draft, { type: 1 })],
    ["details that are none", (draft: Draft) => withPiece(draft, { details: "tall" })],
    ["a name to avoid that is not text", (draft: Draft) => withStage(draft, { seen: [null] })],
    ["no names of what was written", (draft: Draft) => withStage(draft, { written: undefined })],
  ])("is begun anew where it is of another shape: %s", (_, broken) => {
    const kept = draftNow();
    const store = storeOf(broken(kept));
    expect(store.get().id).not.toBe(kept.id);
    expect(store.get().theme).toBe("fantasy");
  });
});

function withPiece(draft: Draft, fields: Record<string, unknown>) {
  return withCards(draft, [{ id: "1", piece: { ...piece("Mara"), ...fields } }]);
}

function withCards(draft: Draft, cards: unknown[]) {
  return withStage(draft, { cards });
}

function withStage(draft: Draft, fields: Record<string, unknown>) {
  return { ...draft, stages: { ...draft.stages, character: { ...STAGE, ...fields } } };
}

describe("a world that was made", () => {
  it.each([
    { do: "choose-theme", theme: "noir" },
    { do: "choose-tone", tone: "grim" },
    { do: "name-world", title: "Low Tarn" },
  ] as const)("can be made anew after $do", (action) => {
    const store = storeOf(draftNow());
    store.dispatch({ do: "finish", worldId: "1" });
    store.dispatch(action);
    expect(store.get().worldId).toBeNull();
  });
});
