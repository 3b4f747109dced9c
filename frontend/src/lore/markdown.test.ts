import { expect, it } from "vitest";
import type { World } from "../api/wire";
import { piece } from "../testing/fakeJob";
import { JOB_TYPES } from "../testing/fakeRegistry";
import { kindsOf } from "./kind";
import { worldMarkdown } from "./markdown";

it("lists the pieces in the order of the kinds, with unknown kinds last", () => {
  const world: World = {
    id: "world-1",
    job_id: "job-9",
    user_id: "anonymous",
    theme: "fantasy",
    title: "Low Tarn",
    story: "It rained.",
    quest: { title: "The bell", description: "Find it." },
    pieces: { prophecy: piece("The Ninth Bell"), relic: piece("Salt Crown"), character: piece("Mara") },
    created_at: "2026-01-10T12:00:00.000Z",
  };
  const headings = worldMarkdown(world, kindsOf(JOB_TYPES)).match(/^## .*$/gm);
  expect(headings).toEqual(["## Quest: The bell", "## Character: Mara", "## Relic: Salt Crown", "## Prophecy: The Ninth Bell"]);
});
