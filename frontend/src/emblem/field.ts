/** The shapes of emblems, in a square of 48 by 48, as SVG paths. */

/** Kind → the outline of its emblems, so that kinds differ at a glance. */
export const OUTLINES: Readonly<Record<string, Outline>> = {
  character: { path: circle(22), x: 24, y: 24, scale: 1 },
  faction: { path: "M5 4H43V21C43 34 35 41 24 46 13 41 5 34 5 21z", x: 24, y: 22, scale: 1 },
  setting: { path: "M6 46V22A18 19 0 0 1 42 22V46z", x: 24, y: 26, scale: 0.98 },
  event: { path: scallops(12, 20.8, 6.2), border: circle(16.8), x: 24, y: 24, scale: 0.92 },
  relic: { path: "M24 1Q34 12 47 24 34 36 24 47 14 36 1 24 14 12 24 1z", x: 24, y: 24, scale: 0.84 },
  world: { path: scallops(4, 17.2, 12.4), x: 24, y: 24, scale: 0.98 },
};

/** For kinds that are not above. */
export const OTHER_OUTLINES: readonly [Outline, ...Outline[]] = [
  { path: "M15 3H33L45 15V33L33 45H15L3 33V15z", x: 24, y: 24, scale: 1 },
  { path: "M24 2L43.5 13V35L24 46 4.5 35V13z", x: 24, y: 24, scale: 0.96 },
  { path: "M9 4H39Q44 4 44 9V39Q44 44 39 44H9Q4 44 4 39V9Q4 4 9 4z", x: 24, y: 24, scale: 1 },
];

export interface Outline {
  path: string;
  /** The line inside the edge; without one, it is the outline, smaller. */
  border?: string;
  /** Where the figure stands, and how large it is. */
  x: number;
  y: number;
  scale: number;
}

/** The second colour of the field. "" is a field of one colour. */
export const DIVISIONS: readonly [string, ...string[]] = [
  "",
  // Halves: upright, level, slanting.
  "M24 0H48V48H24z",
  "M0 25H48V48H0z",
  "M0 0H48V48z",
  // A chevron, a pale, a cross of quarters, a saltire, rays, a pile.
  "M0 48V44L24 22 48 44V48z",
  "M16 0H32V48H16z",
  "M24 0H48V24H24zM0 24H24V48H0z",
  "M0 0L24 24 0 48zM48 0L24 24 48 48z",
  "M24 24V0L48 0zM24 24L48 24V48zM24 24V48H0zM24 24H0V0z",
  "M4 0H44L24 46z",
  "M0 0H48V11H0zM0 37H48V48H0z",
];

function circle(radius: number): string {
  return `M24 ${24 - radius}a${radius} ${radius} 0 1 1 0 ${2 * radius}a${radius} ${radius} 0 1 1 0-${2 * radius}z`;
}

/** As many arcs of this bow as `count`, between points at this distance from the middle. */
function scallops(count: number, distance: number, bow: number): string {
  const corners = Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count + Math.PI / 4;
    return `${(24 + distance * Math.sin(angle)).toFixed(2)} ${(24 - distance * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${corners.at(-1) ?? ""}${corners.map((corner) => `A${bow} ${bow} 0 0 1 ${corner}`).join("")}z`;
}
