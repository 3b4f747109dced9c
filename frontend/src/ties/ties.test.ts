import { describe, expect, it } from "vitest";
import { tiesOf, type Tied } from "./ties";

function piece(role: string, name: string, description: string, fields: Partial<Tied> = {}): Tied {
  return { role, name, description, language: "en", details: {}, ...fields };
}

function pairs(pieces: Tied[]): string[] {
  return tiesOf(pieces).map(({ from, to, how }) => `${from} ${how.by} ${to}`);
}

describe("a piece is tied to another one", () => {
  it("if its text has the other's name, and the tie has that sentence", () => {
    const mara = piece("character", "Mara Quill", "It rained. She owes the Salt Court a year. She sleeps badly.");
    expect(tiesOf([mara, piece("faction", "The Salt Court", "Judges.")])).toEqual([
      { from: "character", to: "faction", how: { by: "names" }, sentence: "She owes the Salt Court a year." },
    ]);
  });

  it("if a detail has the name, in a list or in an object", () => {
    const crown = piece("relic", "Salt Crown", "A crown.", { details: { owners: ["Oban", "Mara Quill"], flaw: { name: "x", description: "It hates Low Tarn." } } });
    expect(pairs([crown, piece("character", "Mara Quill", "A clerk."), piece("setting", "Low Tarn", "A lake.")])).toEqual([
      "relic names character",
      "relic names setting",
    ]);
  });

  it("if its text has a longer part of the name", () => {
    expect(pairs([piece("event", "The Flood", "Quill saw it."), piece("character", "Mara Quill", "A clerk.")])).toEqual(["event names character"]);
  });

  it("in both directions if both name each other", () => {
    expect(pairs([piece("a", "Mara", "Hates Oban."), piece("b", "Oban", "Loves Mara.")])).toEqual(["a names b", "b names a"]);
  });

  it.each(["Mary-Ann", "O'Dell", "Mr. Vex (the Elder)", "[Redacted]", "a|b", "C:\\Low", "10 % + 5 / $2?", "{Oban}^*"])("whatever the characters of the name: %s", (name) => {
    expect(pairs([piece("a", "Mara", `She saw ${name} leave.`), piece("b", name, "Nothing.")])).toEqual(["a names b"]);
  });

  it("in a language that does not separate words", () => {
    expect(pairs([piece("a", "鐘", "音。", { language: "ja" }), piece("b", "塔", "夜に鐘が鳴る。", { language: "ja" })])).toEqual(["b names a"]);
  });
});

describe("a piece is not tied to another one", () => {
  it.each([
    ["by a word that only contains the name", "Oban", "The Obanites left."],
    ["by a common word of the name without its capital letter", "The Salt Court", "There was salt on the road."],
    ["by a short word of the name", "Oro of Ash", "She has Ash in her hair."],
  ])("%s", (_, name, text) => {
    expect(pairs([piece("a", "Mara", text), piece("b", name, "Nothing.")])).toEqual([]);
  });

  it("by a word that the names of two pieces have", () => {
    const text = "The Hollow was dark.";
    expect(pairs([piece("a", "Mara", text), piece("b", "Hollow Hands", "x"), piece("c", "Hollow Week", "y")])).toEqual([]);
  });
});

describe("a third name that two texts share", () => {
  const mara = piece("a", "Mara", "She serves Gisla Marsh.");

  it("ties the pieces, and the tie has the name", () => {
    expect(tiesOf([mara, piece("b", "Oban", "He fears Gisla Marsh.")])).toEqual([
      { from: "a", to: "b", how: { by: "shares", name: "Gisla Marsh" }, sentence: "She serves Gisla Marsh." },
    ]);
  });

  it("does not count beside a tie by name", () => {
    expect(pairs([mara, piece("b", "Oban", "He fears Mara and Gisla Marsh.")])).toEqual(["b names a"]);
  });

  it("is not the first word of a sentence", () => {
    expect(pairs([piece("a", "Mara", "Somebody left."), piece("b", "Oban", "Somebody came.")])).toEqual([]);
  });

  it("is not a German noun", () => {
    const german = { language: "de" };
    expect(pairs([piece("a", "Mara", "Sie liebt die Nacht.", german), piece("b", "Oban", "Er hasst die Nacht.", german)])).toEqual([]);
  });
});

it("has no ties in a world of one piece", () => {
  expect(tiesOf([piece("a", "Mara", "Mara is Mara.")])).toEqual([]);
});
