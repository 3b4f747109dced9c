/** Job types as the API lists them. For tests. */

import type { JobTypeInfo } from "../api/wire.js";

/** Rules of payloads. The limits are lower than the API's. */
const THEME = { theme: { type: "string", maxLength: 70 } };
const OPTIONAL_TEXT = { anyOf: [{ type: "string", maxLength: 60 }, { type: "null" }], default: null };
const PREMISE = { anyOf: [{ type: "string", maxLength: 900 }, { type: "null" }], default: null };
const AVOID = { type: "array", maxItems: 5 };

export function piecesType(singular: string, plural: string, context: Record<string, string> = {}): JobTypeInfo<"pieces"> {
  return {
    type: `generate_${plural}`,
    label: `Generate ${plural}`,
    kind: singular,
    singular,
    plural,
    question: `Which ${singular}?`,
    delivers: "pieces",
    context: Object.entries(context).map(([field, kind]) => ({ field, kind })),
    payload_schema: { properties: { ...THEME, premise: PREMISE, tone: OPTIONAL_TEXT, avoid: AVOID } },
    fields: ["name", "description", "concept", "traits", "flaw", "stats"].map((field) => ({ field, stage: field })),
  };
}

/** The types that rewrite pieces and worlds. */
const REWRITERS: JobTypeInfo[] = [
  { ...piecesType("piece", "pieces"), type: "rewrite_piece", label: "Rewrite a piece", delivers: "piece" },
  { ...piecesType("world", "worlds"), type: "rewrite_world", label: "Rewrite a world", delivers: "rewritten_world" },
];

const SETTING = { selectedSetting: "setting" };

const PIECES = [
  piecesType("character", "characters"),
  piecesType("faction", "factions"),
  piecesType("setting", "settings"),
  piecesType("event", "events", SETTING),
  piecesType("relic", "relics", { ...SETTING, selectedEvent: "event" }),
];

/** These types of pieces, and the type of the world that is made of them. */
export function withWorld(pieces: JobTypeInfo[]): JobTypeInfo[] {
  const context = pieces.map(({ kind }) => ({ field: `selectedLore.${kind}`, kind }));
  const world = { ...piecesType("world", "worlds"), type: "create_world", label: "Create world" } as const;
  const payload_schema = { properties: { ...THEME, title: OPTIONAL_TEXT } };
  return [...pieces, { ...world, delivers: "world", context, payload_schema }, ...REWRITERS];
}

/** The job types that the API has. */
export const JOB_TYPES = withWorld(PIECES);

/** These job types, and one for prophecies, which are written to fit a relic. */
export const WITH_PROPHECIES = withWorld([...PIECES, piecesType("prophecy", "prophecies", { selectedRelic: "relic" })]);
