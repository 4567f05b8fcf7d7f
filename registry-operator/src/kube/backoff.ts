import { setTimeout as sleep } from "node:timers/promises";

/** How waits grow. */
export interface BackoffOptions {
  /** Milliseconds of the first wait. Default 200. */
  first?: number;
  /** The longest wait. Default 60 000. */
  most?: number;
}

/** Waits that double, with a random part so that many clients do not come back together. */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  #failures = 0;

  constructor({ first = 200, most = 60_000 }: BackoffOptions = {}) {
    this.#first = first;
    this.#most = most;
  }

  /** Milliseconds to wait now: between half and all of the doubled time. */
  next(): number {
    const full = Math.min(this.#most, this.#first * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return Math.round(full * (0.5 + Math.random() / 2));
  }

  /** After a success. */
  reset(): void {
    this.#failures = 0;
  }

  /** Waits {@link next}; returns at once when the signal fires. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.next(), undefined, { signal }).catch(() => {});
  }
}
