import { describe, expect, it } from "vitest";
import { conflictsOf, edited, editsBetween, isSame, overlap, patchOf, valueAt, withValue } from "./change";
import { mergedText } from "./mergedText";

const MARA = { name: "Mara", language: null, details: { traits: ["proud"], stats: { health: 90, stress: 4 } } };

describe("a part of a document", () => {
  it("is found by its path", () => {
    expect(valueAt(MARA, ["details", "stats", "health"])).toBe(90);
    expect(valueAt(MARA, ["details", "flaw", "name"])).toBeUndefined();
    expect(valueAt(MARA, ["constructor"])).toBeUndefined();
  });

  it("is changed in a copy, and keeps its place", () => {
    const changed = withValue(MARA, ["details", "traits"], ["shy"]);
    expect(Object.keys(changed.details)).toEqual(["traits", "stats"]);
    expect(changed.details.traits).toEqual(["shy"]);
    expect(MARA.details.traits).toEqual(["proud"]);
  });

  it("is removed, or added with the objects around it", () => {
    expect(withValue(MARA, ["details", "stats", "stress"], undefined).details.stats).toEqual({ health: 90 });
    expect(withValue<object>({}, ["details", "flaw", "name"], "Debt")).toEqual({ details: { flaw: { name: "Debt" } } });
  });
});

describe("edits", () => {
  it("are as small as possible", () => {
    const stats = { health: 80, knowledge: 12 };
    expect(editsBetween(["details", "stats"], MARA.details.stats, stats)).toEqual([
      { path: ["details", "stats", "health"], base: 90, mine: 80 },
      { path: ["details", "stats", "stress"], base: 4, mine: undefined },
      { path: ["details", "stats", "knowledge"], base: undefined, mine: 12 },
    ]);
    expect(editsBetween(["details", "traits"], ["proud"], ["proud"])).toEqual([]);
  });

  it("become a merge patch, in which null removes", () => {
    const edits = editsBetween([], MARA, { ...MARA, name: "Mira", details: { traits: ["proud"], stats: { health: 80 } } });
    expect(patchOf(edits)).toEqual({ name: "Mira", details: { stats: { health: 80, stress: null } } });
    expect(edited(MARA, edits)).toEqual({ ...MARA, name: "Mira", details: { traits: ["proud"], stats: { health: 80 } } });
  });

  it("conflict only with another change of the same part", () => {
    const edit = { path: ["name"], base: "Mara", mine: "Mira" };
    expect(conflictsOf([edit], { name: "Mara", description: "Other" })).toEqual([]);
    expect(conflictsOf([edit], { name: "Mira" })).toEqual([]);
    expect(conflictsOf([edit], { name: "Marla" })).toEqual([{ ...edit, theirs: "Marla" }]);
  });
});

it("compares JSON values by what they say", () => {
  expect(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, {}], a: 1 })).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame(null, undefined)).toBe(true);
  expect(isSame("", null)).toBe(false);
  expect(isSame({}, [])).toBe(false);
});

it("knows which parts overlap", () => {
  expect(overlap(["details"], ["details", "stats"])).toBe(true);
  expect(overlap(["details", "stats"], ["details", "traits"])).toBe(false);
});

describe("two changes of a text", () => {
  const base = "She keeps the gate. She owes a dragon.";

  it("are combined if they are about different places", () => {
    expect(mergedText(base, "She keeps the old gate. She owes a dragon.", "She keeps the gate. She owes two dragons.")).toBe(
      "She keeps the old gate. She owes two dragons.",
    );
  });

  it("are not combined if they are about the same place", () => {
    expect(mergedText(base, "She keeps the tower. She owes a dragon.", "She keeps the well. She owes a dragon.")).toBeNull();
  });
});
