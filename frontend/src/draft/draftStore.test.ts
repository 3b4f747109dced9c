import { describe, expect, it } from "vitest";
import type { Draft } from "./draft";
import { createDraftStore } from "./draftStore";

const KEY = "loresmith.draft";

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

  it.each([
    ["nonsense", () => "{"],
    ["null", () => null],
    ["a list", () => []],
    ["no theme", (draft: Draft) => ({ ...draft, theme: null })],
    ["an unknown step", (draft: Draft) => ({ ...draft, step: "spells" })],
    ["no stages", (draft: Draft) => ({ ...draft, stages: {} })],
    ["a stage without cards", (draft: Draft) => ({ ...draft, stages: { ...draft.stages, relic: {} } })],
    ["a card that is none", (draft: Draft) => withCards(draft, [null])],
    ["a card without a name", (draft: Draft) => withCards(draft, [{ id: "1", piece: {} }])],
  ])("is begun anew where it is of another shape: %s", (_, broken) => {
    const kept = draftNow();
    const store = storeOf(broken(kept));
    expect(store.get().id).not.toBe(kept.id);
    expect(store.get().theme).toBe("fantasy");
  });
});

function withCards(draft: Draft, cards: unknown[]) {
  return { ...draft, stages: { ...draft.stages, character: { ...draft.stages.character, cards } } };
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
