import { expect, it } from "vitest";
import { piece, savedWorld } from "../testing/fakeJob";
import { JOB_TYPES } from "../testing/fakeRegistry";
import { kindsOf } from "./kind";
import { worldMarkdown } from "./markdown";

it.each([
  ["ar", "---\nlang: ar\ndir: rtl\n---\n\n# Low Tarn"],
  ["pt-BR", "---\nlang: pt-BR\ndir: ltr\n---\n\n# Low Tarn"],
  ["en", "# Low Tarn"],
])("says at its start that it is in %s", (language, start) => {
  const text = worldMarkdown({ ...savedWorld({}), language }, kindsOf(JOB_TYPES));
  expect(text.startsWith(start)).toBe(true);
});

it("lists the pieces in the order of the kinds, with unknown kinds last", () => {
  const world = savedWorld({ prophecy: piece("The Ninth Bell"), relic: piece("Salt Crown"), character: piece("Mara") });
  const headings = worldMarkdown(world, kindsOf(JOB_TYPES)).match(/^## .*$/gm);
  expect(headings).toEqual(["## Quest: The bell", "## Character: Mara", "## Relic: Salt Crown", "## Prophecy: The Ninth Bell"]);
});
