/** Numbers that look random and come again with the same seed (mulberry32). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below `sides`. */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * sides);
  }

  /** True once in so many. */
  once(inSoMany: number): boolean {
    return this.roll(inSoMany) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }

  /** Up to `most` of what `make` gives. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.roll(most + 1) }, make);
  }
}
