import { expect, it } from "vitest";
import { blazonOf } from "./blazon";

const NAMES = Array.from({ length: 200 }, (_, at) => `Mara ${at}`);

it("is always the same for a kind and a name", () => {
  expect(blazonOf("relic", "Salt Crown")).toEqual(blazonOf("relic", "Salt Crown"));
  expect(blazonOf("relic", "Noe\u0308l ")).toEqual(blazonOf("relic", "Noël"));
});

it("differs between names", () => {
  const drawn = new Set(NAMES.map((name) => JSON.stringify(blazonOf("character", name))));
  expect(drawn.size).toBeGreaterThan(NAMES.length * 0.9);
});

it.each(["faction", "setting", "event", "relic", "prophecy"])("has another outline for a %s than for a character", (kind) => {
  expect(blazonOf(kind, "Mara").outline).not.toEqual(blazonOf("character", "Mara").outline);
});

it("has one outline for all pieces of a kind that is new", () => {
  expect(new Set(NAMES.map((name) => blazonOf("prophecy", name).outline.path)).size).toBe(1);
});

it("has a figure for every name, even for none", () => {
  for (const name of ["", "永", ...NAMES]) {
    const { fill, line } = blazonOf("setting", name);
    expect(fill + line).not.toBe("");
  }
});
