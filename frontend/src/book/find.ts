/** Finds text regardless of case and accents: "noel" finds "Noël". */

export interface Match {
  start: number;
  end: number;
}

/** Where the text has the wanted words, in UTF-16 code units, in order and without overlap. */
export function matchesIn(text: string, wanted: string): Match[] {
  const needle = folded(wanted.trim()).text;
  if (needle === "") return [];
  const hay = folded(text);
  const found: Match[] = [];
  for (let at = hay.text.indexOf(needle); at >= 0; at = hay.text.indexOf(needle, at + needle.length)) {
    found.push({ start: hay.starts[at] ?? 0, end: hay.ends[at + needle.length - 1] ?? text.length });
  }
  return found;
}

/** A part of the text around a match, about this many characters on each side, cut between words. */
export function excerpt(text: string, { start, end }: Match, reach = 48): { before: string; match: string; after: string } {
  const before = text.slice(0, start);
  const after = text.slice(end);
  // Half a character at the cut is dropped.
  const near = before.slice(-reach).replace(/^[\uDC00-\uDFFF]/, "");
  const shortBefore = before.length > reach ? `…${near.replace(/^\S*\s/, "")}` : before;
  const shortAfter = after.length > reach ? `${after.slice(0, reach).replace(/[\uD800-\uDBFF]$|\s\S*$/, "")}…` : after;
  return { before: shortBefore, match: text.slice(start, end), after: shortAfter };
}

/** Accents, and the vowel points of Hebrew and Arabic. In other scripts, such as Devanagari, marks are vowels, and make other words. */
const ACCENT = /(?=\p{M})[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]/gu;

/** The text without case and accents, and for each of its code units where its character begins and ends in the original. */
function folded(text: string): { text: string; starts: number[]; ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  let result = "";
  let at = 0;
  for (const character of text) {
    const plain = character.normalize("NFD").replace(ACCENT, "").toLowerCase();
    starts.push(...Array<number>(plain.length).fill(at));
    ends.push(...Array<number>(plain.length).fill(at + character.length));
    result += plain;
    at += character.length;
  }
  return { text: result, starts, ends };
}
