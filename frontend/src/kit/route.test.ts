import { expect, it } from "vitest";
import { ADDRESS, match, sectionOf, worldAddress } from "./route";

it.each([
  ["", ADDRESS.wizard, {}],
  ["#/", ADDRESS.wizard, {}],
  ["#/jobs", ADDRESS.jobs, {}],
  ["#/jobs/7b1c", ADDRESS.job, { jobId: "7b1c" }],
  ["#/jobs/7b1c/2", ADDRESS.jobPiece, { jobId: "7b1c", place: "2" }],
  ["#/worlds", ADDRESS.worlds, {}],
  ["#/worlds/7b1c", ADDRESS.world, { worldId: "7b1c" }],
])("%s is of the address %s", (hash, address, found) => {
  expect(match(address, hash)).toEqual(found);
});

it.each(["#/worlds/", "#/worlds/%E0", "#/worlds/a/b", "#/spells"])("%s is of no address", (hash) => {
  expect(Object.values(ADDRESS).filter((address) => match(address, hash))).toEqual([]);
});

it("has an address for a world with any id", () => {
  expect(match(ADDRESS.world, worldAddress("a b/ü"))).toEqual({ worldId: "a b/ü" });
});

it("puts a world under the link to the worlds", () => {
  expect(sectionOf(worldAddress("7b1c"))).toBe(sectionOf(ADDRESS.worlds));
});
