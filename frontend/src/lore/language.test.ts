import { describe, expect, it } from "vitest";
import { attributesOf, directionOf, englishName, offeredLanguages } from "./language";

describe("the offered languages", () => {
  it("have their own names, each once", () => {
    const offered = offeredLanguages();
    const names = new Map(offered.map(({ tag, name }) => [tag, name]));
    expect(names.get("de")).toBe("Deutsch");
    expect(names.get("fr")).toBe("Français");
    expect(names.get("ja")).toBe("日本語");
    expect(names.get("ar")).toBe("العربية");
    expect(new Set(names.values()).size).toBe(offered.length);
    expect(offered.filter(({ tag, name }) => tag === name)).toEqual([]);
  });

  it("have English names", () => {
    expect(["de", "pt-BR", "zh-Hant"].map(englishName)).toEqual(["German", "Brazilian Portuguese", "Traditional Chinese"]);
  });
});

describe("text", () => {
  it.each([
    ["en", "ltr"],
    ["ja", "ltr"],
    ["ar", "rtl"],
    ["he", "rtl"],
    ["fa-IR", "rtl"],
    ["ur", "rtl"],
    ["az", "ltr"],
    ["az-Arab", "rtl"],
    ["pa-PK", "rtl"],
    ["sr-Latn", "ltr"],
    ["tlh", "ltr"],
  ] as const)("in %s runs %s", (language, direction) => {
    expect(directionOf(language)).toBe(direction);
    expect(attributesOf(language)).toMatchObject({ lang: language, dir: direction });
  });

  it.each([null, undefined, ""])("without a language (%j) takes its direction from its letters", (language) => {
    expect(attributesOf(language)).toEqual({ dir: "auto" });
  });
});
