/** Two changes of one text in one text. */

interface Change {
  /** Where the change begins and ends in the old text, in characters. */
  start: number;
  end: number;
  text: string;
}

/** The text with both changes. null if they are about the same place, so that a person must decide. */
export function mergedText(base: string, mine: string, theirs: string): string | null {
  const [first, second] = [changeOf(base, mine), changeOf(base, theirs)].sort((one, other) => one.start - other.start);
  if (first === undefined || second === undefined || first.end >= second.start) return null;
  return base.slice(0, first.start) + first.text + base.slice(first.end, second.start) + second.text + base.slice(second.end);
}

/** The smallest region, in whole words, that differs. */
function changeOf(base: string, text: string): Change {
  const [old, now] = [wordsOf(base), wordsOf(text)];
  const shorter = Math.min(old.length, now.length);
  let before = 0;
  while (before < shorter && old[before] === now[before]) before += 1;
  let after = 0;
  while (after < shorter - before && old[old.length - 1 - after] === now[now.length - 1 - after]) after += 1;
  const start = old.slice(0, before).join("").length;
  const end = base.length - old.slice(old.length - after, old.length).join("").length;
  return { start, end, text: now.slice(before, now.length - after).join("") };
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[^\s]+/g) ?? [];
}
