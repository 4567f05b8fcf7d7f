/** A token bucket: so many at once, then so many a second. */
export class WriteBudget {
  readonly #most: number;
  readonly #aSecond: number;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(most: number, aSecond: number, now: () => number) {
    this.#most = most;
    this.#aSecond = aSecond;
    this.#now = now;
    this.#left = most;
    this.#at = now();
  }

  /** @returns whether one more may be written, which is then counted */
  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) * this.#aSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
