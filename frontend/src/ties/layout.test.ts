import { expect, it } from "vitest";
import { placesOf } from "./layout";

const ROLES = ["a", "b", "c", "d", "e"];

it("always gives the same places, all different and on the map", () => {
  const pairs = [["a", "c"], ["b", "d"]] as const;
  const places = placesOf(ROLES, pairs);
  expect(placesOf(ROLES, pairs)).toEqual(places);
  expect(new Set(places.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size).toBe(5);
  for (const { x, y } of places) {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(Math.max(x, y)).toBeLessThanOrEqual(1);
  }
});

it("puts the first piece at the top", () => {
  const [first] = placesOf(ROLES, [["b", "c"]]);
  expect(first).toEqual({ role: "a", x: 0.5, y: 0 });
});

it("changes the order so that lines do not cross if that is possible", () => {
  // In the given order, a–c and b–d cross.
  const order = placesOf(["a", "b", "c", "d"], [["a", "c"], ["b", "d"]]).map(({ role }) => role);
  expect(Math.abs(order.indexOf("a") - order.indexOf("c")) % 2).toBe(1);
});

it("has a place for one piece, and none for none", () => {
  expect(placesOf(["a"], [])).toHaveLength(1);
  expect(placesOf([], [])).toEqual([]);
});
