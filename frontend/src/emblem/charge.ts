/**
 * The figures on emblems. Each is an SVG path around the point 0,0 that reaches about 11 in each direction: the part
 * that is filled (even-odd, so that a path inside another one is a hole), then, after "|", the part that is a line.
 */

const DISC = (radius: number, x = 0, y = 0) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0-${2 * radius} 0z`;

/** A star with this many points, moved right and down by `shift`. */
const STAR = (points: number, outer: number, inner: number, shift = 0) =>
  Array.from({ length: 2 * points }, (_, at) => {
    const radius = at % 2 === 0 ? outer : inner;
    const angle = (at * Math.PI) / points;
    return `${at === 0 ? "M" : "L"}${(shift + radius * Math.sin(angle)).toFixed(2)} ${(shift - radius * Math.cos(angle)).toFixed(2)}`;
  }).join("") + "z";

const FLAME = "M1-12c1 6 8 8 8 15a9 9 0 0 1-18 .5c0-5.5 4-6.5 4-11.5 2.5 1 3.5 3 3.5 5C1-6 2-9 1-12zM0 3q-3.5 3-3.5 5.5a3.5 3 0 0 0 7 0Q3.5 6 0 3z";

/** Kind → its figures. A kind that is not here has those of `OTHER`. */
export const CHARGES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  character: [
    // A crown.
    "M-11-6l5.5 5L0-9l5.5 8L11-6 9 6.5H-9zM-9 8.5H9v2.5H-9z",
    // A person.
    `${DISC(5, 0, -5.5)}M-10 11C-10 4.5-6 1.5 0 1.5S10 4.5 10 11z`,
    // A mask.
    `M-11.5-5.5Q0-2 11.5-5.5 12 6 6 6 2.5 6 0 2-2.5 6-6 6-12 6-11.5-5.5z${DISC(2.3, -5.3, -0.3)}${DISC(2.3, 5.3, -0.3)}`,
    // An eye.
    `${DISC(3.6)}|M-11.5 0Q0-14 11.5 0 0 14-11.5 0z`,
    // A feather.
    "M10-12C-3-11-8-4-8.5 5.5 2 5 9-1 10-12z|M-10 11L2-3",
    // A helmet.
    "M0-12C8-12 9.5-6 9.5-1V11H4V3H-4V11H-9.5V-1C-9.5-6-8-12 0-12zM-6-3.5V-1H6V-3.5z",
    // A heart.
    "M0 11C-17-1-11-11-5.5-11Q-1.5-11 0-6.5 1.5-11 5.5-11C11-11 17-1 0 11z",
    // A moon.
    "M4.5-11.5A11.5 11.5 0 1 0 11 5.5 9.5 9.5 0 0 1 4.5-11.5z",
  ],
  faction: [
    // Crossed swords.
    "|M-9.5-10.5L8 7M9.5-10.5L-8 7M-11 5L-6 10M11 5L6 10M-9 8.5L-11 10.5M9 8.5L11 10.5",
    // A tower.
    "M-10-11H-6V-8H-2V-11H2V-8H6V-11H10V-4H7V11H3V6A3 3 0 0 0-3 6V11H-7V-4H-10z",
    // Scales.
    "M-12 2H-3A4.5 4.5 0 0 1-12 2zM3 2H12A4.5 4.5 0 0 1 3 2z|M0-11V10M-7.5-7H7.5M-5 10.5H5M-7.5-7L-11 1M-7.5-7L-4 1M7.5-7L4 1M7.5-7L11 1",
    // A wheel.
    `${DISC(3)}|${DISC(9.5)}M0-9V9M-9 0H9M-6.5-6.5L6.5 6.5M-6.5 6.5L6.5-6.5`,
    FLAME,
    // Three rings.
    `|${DISC(4.8, 0, -5)}${DISC(4.8, -5, 4)}${DISC(4.8, 5, 4)}`,
    // An axe.
    "M-1-8.5Q-7-7-9.5-11-12.5-3-9.5 4-7 0-1-1zM1-8.5Q7-7 9.5-11 12.5-3 9.5 4 7 0 1-1z|M0-11V11",
    // A hand.
    "M-8.5 1V-5a1.7 1.7 0 0 1 3.4 0V-9a1.7 1.7 0 0 1 3.4 0V-10.5a1.7 1.7 0 0 1 3.4 0V-9a1.7 1.7 0 0 1 3.4 0V0L7-3A1.8 1.8 0 0 1 10-1L6 7Q4 11 0 11-8.5 11-8.5 1z",
  ],
  setting: [
    // Mountains.
    "M-12.5 9.5L-4-9 0-1.5 3-6 12.5 9.5z",
    // A tree.
    "M0-12.5L7-4H4L9 3H5L10.5 8H2V11.5H-2V8H-10.5L-5 3H-9L-4-4H-7z",
    // Waves.
    "|M-12-6.5q3-4.5 6 0t6 0 6 0 6 0M-12 .5q3-4.5 6 0t6 0 6 0 6 0M-12 7.5q3-4.5 6 0t6 0 6 0 6 0",
    // The sun on the horizon.
    "M-7 4A7 7 0 0 1 7 4z|M-12 4.5H12M-8 9.5H8M0-11V-7M-8.5-7.5L-6-5M8.5-7.5L6-5",
    // A gate.
    "M-10.5 11V-2A10.5 9.5 0 0 1 10.5-2V11H5.5V-1A5.5 5.5 0 0 0-5.5-1V11z|M0-4V10M-4.5 3H4.5",
    // A compass.
    `${STAR(4, 12.5, 3.6)}|${DISC(7.6)}`,
    // The moon over hills.
    "M-12.5 10.5Q-6-1.5 0 6.5 5-.5 12.5 10.5zM3.5-11A6.5 6.5 0 1 0 8.5-2.5 5.8 5.8 0 0 1 3.5-11z",
    // A bridge.
    "M-12.5-1.5Q0-9 12.5-1.5V9H8.5Q8-.5 0-.5T-8.5 9H-12.5z|M-11-6Q0-13 11-6",
  ],
  event: [
    // Lightning.
    "M4-12.5L-8 2H-1.5L-4 12.5 8.5-3H1.5z",
    // A comet.
    `${STAR(5, 8, 3.6, 3.5)}|M-11-11L-3-3M-4.5-11.5L1-6M-11.5-4.5L-6 1`,
    // An hourglass.
    "M-8-11.5H8V-8.5Q8-4 2 0 8 4 8 8.5V11.5H-8V8.5Q-8 4-2 0-8-4-8-8.5zM-4.5 8.5H4.5Q4 6 0 3.5-4 6-4.5 8.5z",
    // A bell.
    `${DISC(2, 0, -11)}M0-10.5C6.5-10.5 7.5-5 7.5-.5 7.5 3 10.5 4 10.5 7H-10.5C-10.5 4-7.5 3-7.5-.5-7.5-5-6.5-10.5 0-10.5zM-3.5 8.5H3.5A3.5 3.5 0 0 1-3.5 8.5z`,
    // The sun.
    `${STAR(12, 12.5, 8)}${DISC(4.5)}`,
    // An eclipse.
    `${DISC(7)}|M-12 0A12 12 0 0 1 12 0M-8.5 8.5A12 12 0 0 0 8.5 8.5`,
    // A whirl.
    "|M0 0Q3-3 4.5 1T-1.5 6.5-8 0-.5-9 9.5-1 4.5 10.5",
    FLAME,
  ],
  relic: [
    // A ring.
    `M-4.5-12.5H4.5L7-9.5 0-3.5-7-9.5z|${DISC(7, 0, 4)}`,
    // A cup.
    "M-8.5-11H8.5Q9 0 1.8 2V7L6 11H-6L-1.8 7V2Q-9 0-8.5-11z",
    // A sword.
    "M0-13L2.6-9.5V3H-2.600V-9.5zM-7.5 3H7.5V6H-7.5zM-1.5 6H1.5V9H-1.5z" + DISC(2.2, 0, 10.5),
    // A key.
    `|${DISC(4.5, 0, -6.5)}M0-2V11.5M0 10.5H5.5M0 5.5H4`,
    // A gem.
    "M-6.5-9.5H6.5L12-3 0 11.5-12-3zM-6-3L0 6.5 6-3z",
    // A book.
    "M-1-7Q-5-10-11.5-9V8Q-5 7-1 10zM1-7Q5-10 11.5-9V8Q5 7 1 10z",
    // A lantern.
    "M-4-9H4L7-4H-7zM-6-2.5H6V7H-6zM0-.5Q-3 2-2 4A2 2 0 0 0 2 4Q3 2 0-.5zM-7.5 8.5H7.5V11.5H-7.5z|M-2-10.5A2 2 0 0 1 2-10.5",
    // An orb.
    `M-9 4A9 9 0 0 0 9 4zM-9 1.5A9 9 0 0 1-1.2-4.5V1.5zM9 1.5A9 9 0 0 0 1.2-4.5V1.5z|M0-12.5V-6M-3-9.5H3`,
  ],
};

/** Figures for any other kind. */
export const OTHER: readonly [string, ...string[]] = [
  STAR(5, 12, 4.8),
  STAR(6, 12, 6.5) + DISC(3),
  `${STAR(8, 12, 7)}${DISC(4)}`,
  STAR(4, 12, 4.5),
  `${DISC(3)}|${DISC(9.5)}`,
  `${DISC(3.4, 0, -7.5)}${DISC(3.4, 6.5, 3.8)}${DISC(3.4, -6.5, 3.8)}${DISC(2)}`,
  "M0-12Q3-3 12 0 3 3 0 12-3 3-12 0-3-3 0-12z",
  "|M0-11L9.5 5.5H-9.5zM0 11L-9.5-5.5H9.5z",
];
