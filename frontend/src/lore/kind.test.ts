import { JOB_TYPES } from "@loresmith/jobs/testing/fakeRegistry";
import { expect, it } from "vitest";
import { kindsOf, labelledPieces } from "./kind";

const KINDS = kindsOf(JOB_TYPES);

function labels(...roles: string[]): string[] {
  return labelledPieces(Object.fromEntries(roles.map((role) => [role, role])), KINDS).map(({ label }) => label);
}

it("lists the pieces of a world in the order of the kinds, with unknown kinds last", () => {
  expect(labels("prophecy", "relic", "character")).toEqual(["Character", "Relic", "Prophecy"]);
});

it("numbers the pieces if a kind has several", () => {
  expect(labels("faction", "character_2", "character")).toEqual(["Character", "Character 2", "Faction"]);
});

it("says the kind of a piece in any role", () => {
  const [first, second] = labelledPieces({ character: 1, character_12: 2 }, KINDS);
  expect([first?.kind, second?.kind]).toEqual(["character", "character"]);
});
