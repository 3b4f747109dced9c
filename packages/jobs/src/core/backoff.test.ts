import { expect, it } from "vitest";
import { backoffMs } from "./backoff.js";

it("doubles up to 15 s", () => {
  expect([1, 2, 3, 4, 5, 6].map((failures) => backoffMs(failures, 1))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

it("is half random, so that pages that lost the API together do not all call again at once", () => {
  expect([0, 0.5, 1].map((random) => backoffMs(3, random))).toEqual([2_000, 3_000, 4_000]);
});

it("is never shorter than the API asks for", () => {
  expect(backoffMs(1, 1, 7)).toBe(7_000);
  expect(backoffMs(6, 1, 7)).toBe(15_000);
});
