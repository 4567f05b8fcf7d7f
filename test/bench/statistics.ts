/** What several measurements come to. */
export interface Spread {
  median: number;
  /** The first and the third quartile. */
  quartiles: [number, number];
}

/** Median and quartiles, by linear interpolation. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const low = sorted[Math.floor(place)] ?? Number.NaN;
    return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place % 1);
  };
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)] };
}

/**
 * Runs every subject once a round, by turns, so that what else the machine does strikes all alike; the first round only
 * warms up.
 * @param run receives the round's number, from 0 for the one that warms up.
 * @returns milliseconds by the subjects' names.
 */
export async function byTurns<Name extends string>(
  rounds: number,
  subjects: Record<Name, (round: number) => Promise<void>>,
): Promise<Record<Name, Spread>> {
  const names = Object.keys(subjects) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await subjects[name](round);
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, spreadOf(times.get(name) ?? [])])) as Record<
    Name,
    Spread
  >;
}
