import { completedJob, piece } from "@loresmith/jobs/testing/fakeJob";
import { describe, expect, it } from "vitest";
import { newDraft, choiceOf, picksOf, type Draft } from "./draft";
import { createDraftStore } from "./draftStore";

const KEY = "loresmith.draft";
const CHOICE = choiceOf(newDraft("draft"), { key: "character" });

function storeOf(kept: unknown) {
  localStorage.setItem(KEY, typeof kept === "string" ? kept : JSON.stringify(kept));
  return createDraftStore(localStorage, window);
}

function draftNow() {
  localStorage.clear();
  return structuredClone(createDraftStore(localStorage, window).get());
}

describe("a stored draft", () => {
  it("is restored unchanged", () => {
    const kept = { ...draftNow(), theme: "cyberpunk", step: "faction" };
    expect(storeOf(kept).get()).toEqual(kept);
  });

  it("of a version without language and premise is kept", () => {
    const kept = { ...draftNow(), theme: "cyberpunk" };
    expect(storeOf({ ...kept, language: undefined, premise: undefined }).get()).toEqual(kept);
  });

  it("of a version without undo is kept", () => {
    const kept = withChoice(draftNow(), {});
    const stored = withChoice(kept, { replaced: undefined });
    expect(storeOf(stored).get()).toEqual(kept);
  });

  it.each([{}, { type: null, language: null, details: null }, { type: undefined, details: undefined }])("keeps a piece with %o", (fields) => {
    const kept = draftNow();
    expect(storeOf(withPiece(kept, fields)).get().id).toBe(kept.id);
  });

  it.each([
    ["nonsense", () => "{"],
    ["null", () => null],
    ["a list", () => []],
    ["no theme", (draft: Draft) => ({ ...draft, theme: null })],
    ["no language", (draft: Draft) => ({ ...draft, language: null })],
    ["a premise that is not text", (draft: Draft) => ({ ...draft, premise: 3 })],
    ["a step that is not text", (draft: Draft) => ({ ...draft, step: 3 })],
    ["no choices", (draft: Draft) => ({ ...draft, choices: null })],
    ["a choice without cards", (draft: Draft) => ({ ...draft, choices: { ...draft.choices, relic: {} } })],
    ["a card that is null", (draft: Draft) => withCards(draft, [null])],
    ["a card without an id", (draft: Draft) => withCards(draft, [{ piece: piece("Mara") }])],
    ["a card whose note is not text", (draft: Draft) => withCards(draft, [{ id: "1", piece: piece("Mara"), note: 1 }])],
    ["a card without a piece", (draft: Draft) => withCards(draft, [{ id: "1" }])],
    ["a piece without a name", (draft: Draft) => withPiece(draft, { name: null })],
    ["a piece without a description", (draft: Draft) => withPiece(draft, { description: undefined })],
    ["a description that is not text", (draft: Draft) => withPiece(draft, { description: { text: "A clerk." } })],
    ["a type that is not text", (draft: Draft) => withPiece(draft, { type: 1 })],
    ["a language that is not text", (draft: Draft) => withPiece(draft, { language: 1 })],
    ["details that are not an object", (draft: Draft) => withPiece(draft, { details: "tall" })],
    ["a name to avoid that is not text", (draft: Draft) => withChoice(draft, { seen: [null] })],
    ["a choice that is asked for with a number", (draft: Draft) => withChoice(draft, { asked: 1 })],
    ["a replaced card without a piece", (draft: Draft) => withChoice(draft, { replaced: [{ cards: [{ id: "1" }], by: [], picked: null, fits: "" }] })],
    ["no names of what was written", (draft: Draft) => withChoice(draft, { written: undefined })],
  ])("is replaced by a new one if it is invalid: %s", (_, broken) => {
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
  return withChoice(draft, { cards });
}

function withChoice(draft: Draft, fields: Record<string, unknown>) {
  return { ...draft, choices: { ...draft.choices, character: { ...CHOICE, ...fields } } };
}

describe("a finished world", () => {
  it.each([
    { do: "choose-theme", theme: "noir" },
    { do: "choose-tone", tone: "grim" },
    { do: "choose-language", language: "de" },
    { do: "set-premise", premise: "Rent is due." },
    { do: "name-world", title: "Low Tarn" },
  ] as const)("can be made again after $do", (action) => {
    const store = storeOf(draftNow());
    store.dispatch({ do: "finish", worldId: "1", picks: picksOf(store.get()) });
    expect(store.get().worldId).toBe("1");
    store.dispatch(action);
    expect(store.get().worldId).toBeNull();
  });
});

describe("starting over", () => {
  function startedOver() {
    const kept = withChoice({ ...draftNow(), theme: "cyberpunk" }, {});
    const store = storeOf(kept);
    store.startOver();
    return { store, kept };
  }

  it("can be undone, also after a reload", () => {
    const { kept } = startedOver();
    const store = createDraftStore(localStorage, window);
    expect(store.get().theme).toBe("fantasy");
    store.bringBack();
    expect(store.get()).toEqual(kept);
    expect(store.previous()).toBeNull();
  });

  it("lets the jobs of the old draft change it", () => {
    const { store, kept } = startedOver();
    store.dispatchTo(kept.id, { do: "deal", kind: { key: "character" }, job: completedJob([piece("Mara")]) });
    expect(store.get().choices).toEqual({});
    store.bringBack();
    expect(choiceOf(store.get(), { key: "character" }).cards).toHaveLength(1);
  });

  it("twice still leads back to the draft that has cards", () => {
    const { store, kept } = startedOver();
    store.startOver();
    store.bringBack();
    expect(store.get()).toEqual(kept);
  });

  it("reaches the other tabs, with the way back", () => {
    const kept = withChoice(draftNow(), {});
    const store = storeOf(kept);
    createDraftStore(localStorage, window).startOver();
    for (const key of ["loresmith.previous-draft", KEY]) {
      window.dispatchEvent(new StorageEvent("storage", { key, newValue: localStorage.getItem(key) }));
    }
    expect(store.get().id).not.toBe(kept.id);
    expect(store.previous()).toEqual(kept);
  });
});

describe("two tabs", () => {
  it("do not overwrite each other, even if both change the draft at once", () => {
    const kept = draftNow();
    const store = storeOf(kept);
    createDraftStore(localStorage, window).dispatch({ do: "name-world", title: "Low Tarn" });
    store.dispatch({ do: "choose-tone", tone: "grim" });
    expect(store.get()).toMatchObject({ id: kept.id, title: "Low Tarn", tone: "grim" });
  });

  it("keep their own step", () => {
    const store = storeOf(draftNow());
    createDraftStore(localStorage, window).dispatch({ do: "go", step: "relic" });
    store.dispatch({ do: "choose-tone", tone: "grim" });
    expect(store.get()).toMatchObject({ step: "theme", tone: "grim" });
  });
});

it("keeps the draft until the page closes if storage is full", () => {
  const setItem = () => {
    throw new Error("full");
  };
  const stored = JSON.stringify(draftNow());
  const full = { getItem: () => stored, removeItem: () => undefined, setItem } as unknown as Storage;
  const store = createDraftStore(full, window);
  store.dispatch({ do: "choose-tone", tone: "grim" });
  store.dispatch({ do: "name-world", title: "Low Tarn" });
  expect(store.get()).toMatchObject({ tone: "grim", title: "Low Tarn" });
});
