/** What an emblem looks like. It depends only on the kind and the name of the piece. */

import { CHARGES, OTHER } from "./charge";
import { DIVISIONS, OTHER_OUTLINES, OUTLINES, type Outline } from "./field";

export interface Blazon {
  outline: Outline;
  division: string;
  /** The filled part of the figure, and its lines. */
  fill: string;
  line: string;
  /** The line along the edge: plain, dotted, dashed, or none. */
  border: "plain" | "dotted" | "dashed" | "none";
  /** How far its hue is from that of the look, degrees. */
  turn: number;
  /** Whether the field is light and the figure coloured. */
  isLight: boolean;
}

const BORDERS = ["plain", "dotted", "dashed", "none"] as const;
const TURNS = [0, 26, -26, 52, -52] as const;
/** One in this many emblems has a light field. */
const LIGHT_ONE_IN = 3;

export function blazonOf(kind: string, name: string): Blazon {
  const roll = dice(`${kind}:${name.normalize("NFC").trim()}`);
  const [fill = "", line = ""] = pick(CHARGES[kind] ?? OTHER, roll()).split("|");
  const outline = OUTLINES[kind] ?? pick(OTHER_OUTLINES, dice(kind)());
  return {
    outline,
    fill,
    line,
    division: pick(DIVISIONS, roll()),
    border: pick(BORDERS, roll()),
    turn: pick(TURNS, roll()),
    isLight: roll() % LIGHT_ONE_IN === 0,
  };
}

function pick<T>(choices: readonly [T, ...T[]], number: number): T {
  return choices[number % choices.length] ?? choices[0];
}

/** Numbers from a text: always the same ones in the same order. FNV-1a, then the steps of mulberry32. */
function dice(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
