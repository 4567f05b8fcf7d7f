import type { StoreFailure } from "./node-report.js";

/** Which modules could not be stored, by their digests. */
export class StoreFailures {
  readonly #known = new Map<string, StoreFailure>();

  /** @returns false: that was known already */
  note(failure: StoreFailure): boolean {
    const { reason, message } = failure;
    const known = this.#known.get(failure.digest);
    this.#known.set(failure.digest, failure);
    return known?.reason !== reason || known.message !== message;
  }

  /** It was stored. */
  forget(digest: string): void {
    this.#known.delete(digest);
  }

  /** Those that still matter, sorted by their digests; the others are forgotten. */
  of(matters: (digest: string) => boolean): StoreFailure[] {
    for (const digest of this.#known.keys()) if (!matters(digest)) this.#known.delete(digest);
    return [...this.#known.values()].sort((a, b) => a.digest.localeCompare(b.digest));
  }
}
