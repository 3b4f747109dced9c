/** Where the pieces stand on the map: on an oval, in the order in which the fewest lines cross. */

export interface Place {
  role: string;
  /** From 0 (left, top) to 1 (right, bottom). */
  x: number;
  y: number;
}

type Pair = readonly [string, string];

/** The same pieces and ties always give the same places. */
export function placesOf(roles: readonly string[], pairs: readonly Pair[]): Place[] {
  return orderOf(roles, pairs).map((role, at) => {
    const angle = (2 * Math.PI * at) / roles.length;
    return { role, x: 0.5 + Math.sin(angle) / 2, y: 0.5 - Math.cos(angle) / 2 };
  });
}

/** Swaps two pieces as long as that makes fewer lines cross, or makes the lines shorter. */
function orderOf(roles: readonly string[], pairs: readonly Pair[]): string[] {
  let best = [...roles];
  let least = costOf(best, pairs);
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const next of swapsOf(best)) {
      const cost = costOf(next, pairs);
      if (cost >= least) continue;
      [best, least, isBetter] = [next, cost, true];
      break;
    }
  }
  return best;
}

/** Every order with two pieces swapped. The first piece stays at the top. */
function* swapsOf(order: readonly string[]): Generator<string[]> {
  for (let one = 1; one < order.length; one += 1) {
    for (let other = one + 1; other < order.length; other += 1) {
      const next = [...order];
      [next[one], next[other]] = [order[other] ?? "", order[one] ?? ""];
      yield next;
    }
  }
}

/** Crossings count more than the lengths of all lines together. */
function costOf(order: readonly string[], pairs: readonly Pair[]): number {
  const chords = pairs.map(([one, other]) => {
    const [low, high] = [order.indexOf(one), order.indexOf(other)].sort((a, b) => a - b);
    return [low ?? 0, high ?? 0] as const;
  });
  const length = chords.reduce((sum, [low, high]) => sum + Math.min(high - low, order.length - high + low), 0);
  const crossings = chords.reduce((sum, chord, at) => sum + chords.slice(at + 1).filter((other) => doCross(chord, other)).length, 0);
  return crossings * 1000 + length;
}

function doCross([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean {
  return (a < c && c < b && b < d) || (c < a && a < d && d < b);
}
