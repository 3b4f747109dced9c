/** Job types as the API lists them. For tests. */

import type { JobTypeInfo } from "../api/wire";

export function piecesType(singular: string, plural: string, context: Record<string, string> = {}): JobTypeInfo {
  return {
    type: `generate_${plural}`,
    label: `Generate ${plural}`,
    kind: singular,
    singular,
    plural,
    question: `Which ${singular}?`,
    delivers: "pieces",
    context: Object.entries(context).map(([field, kind]) => ({ field, kind })),
  };
}

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
  const world = { ...piecesType("world", "worlds"), type: "create_world", label: "Create world" };
  return [...pieces, { ...world, delivers: "world", context }];
}

/** The job types of the guide. */
export const JOB_TYPES = withWorld(PIECES);

/** The job types of the guide, and one for prophecies, which are written to fit a relic. */
export const WITH_PROPHECIES = withWorld([...PIECES, piecesType("prophecy", "prophecies", { selectedRelic: "relic" })]);
