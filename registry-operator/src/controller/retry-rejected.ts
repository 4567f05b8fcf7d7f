import type { LoadedState } from "../loaded/index.js";

/** An Envoy that was told and answers, and has not loaded it after this long, has rejected it or was never told. */
const patienceMillis = 20_000;
const mostMillis = 10 * 60_000;

/**
 * When a content has to be offered once more: a rejected one is not tried again by Envoy before its bytes change. The
 * waits double, because what is rejected for good would else be pushed for ever.
 */
export class RejectionRetries {
  readonly #tries = new Map<string, { revision: string; count: number; at: number }>();

  /** @returns whether to offer this revision again now */
  due(key: string, revision: string, states: Iterable<LoadedState>): boolean {
    const now = performance.now();
    let known = this.#tries.get(key);
    if (known?.revision !== revision) {
      known = { revision, count: 0, at: now };
      this.#tries.set(key, known);
    }
    const stuck = [...states].some(
      ({ loaded, seen, toldFor }) => loaded === false && !seen && toldFor > patienceMillis,
    );
    const wait = Math.min(mostMillis, patienceMillis * 2 ** known.count);
    if (!stuck || now - known.at < (known.count === 0 ? patienceMillis : wait)) return false;
    known.count++;
    known.at = now;
    return true;
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}
