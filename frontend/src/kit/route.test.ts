import { expect, it } from "vitest";
import { routeOf, worldAddress } from "./route";

it.each([
  ["", { page: "wizard" }],
  ["#/", { page: "wizard" }],
  ["#/jobs", { page: "jobs" }],
  ["#/worlds", { page: "worlds" }],
  ["#/worlds/7b1c", { page: "world", worldId: "7b1c" }],
  ["#/worlds/%E0", { page: "notFound" }],
  ["#/jobs/7b1c", { page: "notFound" }],
  ["#/worlds/a/b", { page: "notFound" }],
  ["#/spells", { page: "notFound" }],
])("%s is the address of a page", (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

it("has an address for a world with any id", () => {
  expect(routeOf(worldAddress("a b/ü"))).toEqual({ page: "world", worldId: "a b/ü" });
});
