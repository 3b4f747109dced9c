/** Finds names in texts. */

/** The shortest part of a name that counts as the name: "Quill" of "Mara Quill", but not "of". */
const PART_MIN = 4;
/** Languages that write every noun with a capital letter, so that one capital does not show a name. */
const CAPITAL_NOUNS = ["de", "lb"];
/** Words of a name that also stand in the middle of one: "the Keeper of the Ninth Bell". */
const LINKS = "(?:of|the|and|de|del|la|le|du|des|di|da|do|van|von|der|den|af|av|och|og|und|et|y|e|à)";
const NAME = new RegExp(`\\p{Lu}[\\p{L}\\p{M}'’-]*(?:(?: ${LINKS}){0,2} \\p{Lu}[\\p{L}\\p{M}'’-]*)*`, "gu");

/**
 * Says whether a text has this name: all of it, whatever the case, or one of its longer words with a capital letter.
 * A word that is also part of one of the `others` does not count.
 */
export function nameFinder(name: string, others: readonly string[]): (text: string) => boolean {
  const whole = wordPattern(name, "iu");
  const taken = new Set(others.flatMap(wordsOf));
  const parts = wordsOf(name).filter((word) => word.length >= PART_MIN && isCapitalized(word) && !taken.has(word));
  const patterns = [whole, ...parts.map((part) => wordPattern(part, "u"))];
  return (text) => patterns.some((pattern) => pattern.test(text));
}

/** The names in these sentences. The first word of a sentence has a capital letter anyway, so it counts only as part of a longer name. */
export function properNamesOf(sentences: readonly string[], language: string | null | undefined): string[] {
  const needsTwo = CAPITAL_NOUNS.includes((language ?? "").split("-")[0] ?? "");
  const found = sentences.flatMap((sentence) =>
    Array.from(sentence.matchAll(NAME), ({ 0: name, index }) => ({ name: name.replace(/['’]s$/u, ""), isFirst: index === 0 })),
  );
  const kept = found.filter(({ name, isFirst }) => (isFirst || needsTwo ? name.includes(" ") : name.length >= PART_MIN));
  return [...new Set(kept.map(({ name }) => name.replace(/^(?:The|A|An) /u, "")))];
}

function wordsOf(name: string): string[] {
  return name.match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? [];
}

function isCapitalized(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

/** Between word borders, except in scripts that do not separate words by spaces. */
function wordPattern(text: string, flags: string): RegExp {
  const escaped = text.trim().replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");
  const isSpaced = !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(text);
  return new RegExp(isSpaced ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped, flags);
}
