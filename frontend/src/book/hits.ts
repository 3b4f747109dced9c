/** Where a world has the words that are searched for. */

import { excerpt, matchesIn } from "./find";
import type { Section } from "./readable";

export interface Hit {
  section: Section;
  /** How often the section has the words. */
  count: number;
  /** The first place. */
  before: string;
  match: string;
  after: string;
}

/** One hit for each section that has the words. */
export function hitsOf(sections: readonly Section[], wanted: string): Hit[] {
  return sections.flatMap((section) => {
    const found = section.texts.flatMap((text) => matchesIn(text, wanted).map((match) => ({ text, match })));
    const [first] = found;
    return first ? [{ section, count: found.length, ...excerpt(first.text, first.match) }] : [];
  });
}
