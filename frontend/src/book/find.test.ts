import { describe, expect, it } from "vitest";
import { excerpt, matchesIn } from "./find";

function found(text: string, wanted: string): string[] {
  return matchesIn(text, wanted).map(({ start, end }) => text.slice(start, end));
}

describe("text is found", () => {
  it.each([
    ["whatever its case", "The Bell rang. A bell!", "bell", ["Bell", "bell"]],
    ["whatever its accents", "Noël came, noe\u0308l left.", "noel", ["Noël", "noe\u0308l"]],
    ["with accents in what is searched", "Noel", "Noël", ["Noel"]],
    ["after characters of two code units", "🏰🏰 the Bell", "bell", ["Bell"]],
    ["in a script without case", "夜に鐘が鳴る。", "鐘", ["鐘"]],
    ["with its vowels, where they are marks of a letter", "किरण, काल", "का", ["का"]],
    ["whatever its vowel points, in Hebrew and Arabic", "שָׁלוֹם مَلِك", "שלום", ["שָׁלוֹם"]],
    ["without overlaps", "aaaa", "aa", ["aa", "aa"]],
    ["without the spaces around it", "a bell", " bell ", ["bell"]],
  ])("%s", (_, text, wanted, expected) => {
    expect(found(text, wanted)).toEqual(expected);
  });

  it.each(["", "  ", "\u0301"])("never for %j", (wanted) => {
    expect(found("A bell.", wanted)).toEqual([]);
  });
});

describe("an excerpt", () => {
  const text = `${"one two three four five six seven eight nine ten ".repeat(3)}bell${" one two three four five six seven eight nine ten".repeat(3)}`;

  it("is cut between words, and says so", () => {
    const [match] = matchesIn(text, "bell");
    const { before, match: shown, after } = excerpt(text, match ?? { start: 0, end: 0 }, 20);
    expect(shown).toBe("bell");
    expect(before).toMatch(/^…(\w+ )+$/);
    expect(after).toMatch(/^( \w+)+…$/);
    expect(before.length + after.length).toBeLessThanOrEqual(42);
  });

  it("never splits a character", () => {
    const towers = "🏰".repeat(40);
    const { before, after } = excerpt(`${towers}bell${towers}`, { start: 80, end: 84 }, 21);
    expect([before, after]).toEqual([`…${"🏰".repeat(10)}`, `${"🏰".repeat(10)}…`]);
  });

  it("shows a short text in full", () => {
    expect(excerpt("A bell rang.", { start: 2, end: 6 })).toEqual({ before: "A ", match: "bell", after: " rang." });
  });
});
