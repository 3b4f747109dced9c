import { describe, expect, it } from "vitest";
import type { Readable } from "../book/readable";
import { fieldsOf, forPlayers, isMarked, shareOf, withField, withPart } from "./players";

const MARA = { name: "Mara", description: "A clerk.", language: "en", details: { concept: "Clerk", debt: "She did it." } };
const WORLD: Readable = {
  title: "Low Tarn",
  language: "en",
  story: "It rained.",
  quest: { title: "The bell", description: "Find it." },
  pieces: { character: MARA, character_2: { ...MARA, name: "Oban" } },
};

describe("players see", () => {
  it("the title, and nothing that is not marked", () => {
    expect(forPlayers(WORLD, [])).toEqual({ title: "Low Tarn", language: "en", pieces: {} });
  });

  it("a marked part and a marked piece whole", () => {
    const { quest, story, pieces } = forPlayers(WORLD, ["quest", "pieces.character_2"]);
    expect(story).toBeUndefined();
    expect(quest).toEqual(WORLD.quest);
    expect(pieces).toEqual({ character_2: WORLD.pieces.character_2 });
  });

  it("only the marked fields of a piece, and no name unless it is marked", () => {
    const { pieces } = forPlayers(WORLD, ["pieces.character.concept"]);
    expect(pieces).toEqual({ character: { language: "en", details: { concept: "Clerk" } } });
  });

  it("nothing for a path of a part that the world does not have", () => {
    expect(forPlayers(WORLD, ["pieces.relic", "pieces.character.gone", "title"]).pieces).toEqual({});
  });
});

describe("marking", () => {
  it("a field off in a piece that is marked whole leaves its other fields on", () => {
    const marked = withField(["story", "pieces.character"], "character", MARA, "debt", false);
    expect(marked).toEqual(["story", "pieces.character.name", "pieces.character.description", "pieces.character.concept"]);
    expect(isMarked(marked, "pieces.character.debt")).toBe(false);
  });

  it("a field on leaves the other pieces as they are", () => {
    expect(withField(["pieces.character_2.name"], "character", MARA, "name", true)).toEqual(["pieces.character_2.name", "pieces.character.name"]);
  });

  it("a piece on or off drops the marks of its fields", () => {
    const some = ["pieces.character.name", "pieces.character_2.name"];
    expect(withPart(some, "pieces.character", true)).toEqual(["pieces.character_2.name", "pieces.character"]);
    expect(withPart(some, "pieces.character", false)).toEqual(["pieces.character_2.name"]);
  });

  it.each([
    [[], "none"],
    [["pieces.character.name"], "some"],
    [["pieces.character"], "all"],
    [fieldsOf(MARA).map((field) => `pieces.character.${field}`), "all"],
  ])("%j is called %s", (marked, share) => {
    expect(shareOf(marked, "character", MARA)).toBe(share);
  });
});
