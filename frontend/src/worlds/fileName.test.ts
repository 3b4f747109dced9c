import { describe, expect, it } from "vitest";

import { fileNameOf } from "./fileName";

const MAX_BYTES = 200;

describe("a file name", () => {
  it.each([
    ["The Bells Under Low Tarn", "the-bells-under-low-tarn"],
    ["Noël and the Bells", "noël-and-the-bells"],
    ["Noe\u0308l", "noël"],
    ["ガラの塔", "ガラの塔"],
    ["カ\u3099ラ", "ガラ"],
    ["राम की नदी", "राम-की-नदी"],
    ["किरण", "किरण"],
    ["ทะเลที่หายไป", "ทะเลที่หายไป"],
    ["שָׁלוֹם", "שָׁלוֹם".normalize("NFC")],
    ["می\u200cروم", "میروم"],
    ["한국의 탑", "한국의-탑"],
    ["Łódź & Søren", "łódź-søren"],
    ["İstanbul", "i̇stanbul"],
    ["The Keeper's  Tale — Part 2", "the-keepers-tale-part-2"],
    ["The Keeper’s Tale", "the-keepers-tale"],
  ])("keeps the letters of %s with their marks", (title, name) => {
    expect(fileNameOf(title)).toBe(name);
  });

  it.each(["", " ", "...", "🏰❤️🔥", "\u0301", "-/-", "\u200b", "\ud800"])("is never empty (%j)", (title) => {
    expect(fileNameOf(title)).toBe("world");
  });

  it.each(["CON", "prn", "Aux.", "nul", "COM1", "com¹", "LPT9", "con: "])("is not a Windows device (%s)", (title) => {
    expect(fileNameOf(title)).toMatch(/^\S+-world$/);
  });

  it.each(["../../etc/passwd", 'a<b>c:"d|e?f*g\\h', "a\u0000b\nc", "gnp\u202e.exe", "Low Tarn. . .", ".hidden", "a\u2044b"])(
    "has no characters that are special to a file system or a shell (%j)",
    (title) => {
      expect(fileNameOf(title)).toMatch(/^[a-z]+(-[a-z]+)*$/);
    },
  );

  it.each(["x", "é", "न", "永", "𠮷", "नि", "e\u0323\u0302", "word "])("is limited in length and never splits a character (%s)", (text) => {
    const name = fileNameOf(text.repeat(300));
    const bytes = new TextEncoder().encode(name).length;
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(bytes).toBeGreaterThan(MAX_BYTES - 12);
    expect(fileNameOf(text.repeat(2000)).startsWith(name)).toBe(true);
    expect(name.replaceAll(text.trim().normalize("NFC"), "").replaceAll("-", "")).toBe("");
    expect(name).not.toMatch(/-$/);
  });
});
