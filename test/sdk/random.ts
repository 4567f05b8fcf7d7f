/** A generator of pseudo-random numbers: the same seed gives the same numbers. */
export class Random {
  constructor(private state: number) {}

  /** An integer from 0, below `limit`. */
  below(limit: number): number {
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** One of the items. */
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** An integer of 32 bits, unsigned. */
  word(): number {
    return this.below(2 ** 32);
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** How many times as long as usual the random tests of this run are: MESHWASM_LONG, or 1. */
export const long = Number(process.env.MESHWASM_LONG ?? 1);

/** The seed of this run: random, or what MESHWASM_SEED says, to repeat a failure. */
export const seed = Number(process.env.MESHWASM_SEED ?? Math.floor(Math.random() * 2 ** 31));
