/** The kinds of lore that a world is made of, in the order in which they are chosen. */

import type { JobType } from "../api/wire";

export interface Kind {
  /** Key in `selectedLore`; also the `type` of its pieces. */
  key: KindKey;
  jobType: Extract<JobType, `generate_${string}`>;
  one: string;
  many: string;
  /** What the choice decides. */
  question: string;
  /** Earlier choices that its pieces are written to fit: payload field → kind. */
  context: { selectedSetting?: "setting"; selectedEvent?: "event" };
}

export type KindKey = "character" | "faction" | "setting" | "event" | "relic";

function kind(key: KindKey, jobType: Kind["jobType"], question: string, context: Kind["context"] = {}): Kind {
  return { key, jobType, one: key, many: `${key}s`, question, context };
}

export const KINDS: readonly Kind[] = [
  kind("character", "generate_characters", "Who is the story about?"),
  kind("faction", "generate_factions", "Who else wants something?"),
  kind("setting", "generate_settings", "Where does it happen?"),
  kind("event", "generate_events", "What happened there?", { selectedSetting: "setting" }),
  kind("relic", "generate_relics", "What is everybody after?", { selectedSetting: "setting", selectedEvent: "event" }),
];

export function kindNamed(key: KindKey): Kind {
  const found = KINDS.find((each) => each.key === key);
  if (!found) throw new Error(`There is no kind ${key}.`);
  return found;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
