import { expect, it } from "vitest";
import { routeOf, worldAddress } from "./route";

it.each([
  ["", { page: "wizard" }],
  ["#/", { page: "wizard" }],
  ["#/jobs", { page: "jobs" }],
  ["#/worlds", { page: "worlds" }],
  ["#/worlds/7b1c", { page: "world", worldId: "7b1c" }],
  ["#/worlds/%E0", { page: "nowhere" }],
  ["#/jobs/7b1c", { page: "nowhere" }],
  ["#/worlds/a/b", { page: "nowhere" }],
  ["#/spells", { page: "nowhere" }],
])("%s leads to a page", (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

it("leads back to a world of any id", () => {
  expect(routeOf(worldAddress("a b/ü"))).toEqual({ page: "world", worldId: "a b/ü" });
});
