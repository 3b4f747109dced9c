import { expect, it } from "vitest";
import { piece, savedWorld } from "../testing/fakeJob";
import { JOB_TYPES } from "../testing/fakeRegistry";
import { kindsOf } from "./kind";
import { worldMarkdown } from "./markdown";

it("lists the pieces in the order of the kinds, with unknown kinds last", () => {
  const world = savedWorld({ prophecy: piece("The Ninth Bell"), relic: piece("Salt Crown"), character: piece("Mara") });
  const headings = worldMarkdown(world, kindsOf(JOB_TYPES)).match(/^## .*$/gm);
  expect(headings).toEqual(["## Quest: The bell", "## Character: Mara", "## Relic: Salt Crown", "## Prophecy: The Ninth Bell"]);
});
