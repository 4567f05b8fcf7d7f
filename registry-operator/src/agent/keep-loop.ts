import { Backoff } from "../kube/backoff.js";
import type { NodeReport, StoreFailure } from "./node-report.js";
import type { NodeStore } from "./node-store.js";
import type { Wakeup } from "./wakeup.js";

/** What {@link keepStore} works with. */
export interface KeepLoopOptions {
  store: NodeStore;
  report: NodeReport;
  /** Modules that shall be here; undefined while the operator has not said: then nothing is deleted. */
  wanted: () => ReadonlySet<string> | undefined;
  /** What shall be here and could not be stored. */
  failures: () => readonly StoreFailure[];
  /** Rings when something was stored or not, or the list changed. */
  wakeup: Wakeup;
  graceMs: number;
  checkMs: number;
  verifyMs: number;
  maxWaitMs: number;
  /** A file that should be here is not, or not any more. */
  onLost: (damaged: readonly string[]) => void;
  onDeleted: (digest: string) => void;
  onFailure: (error: unknown) => void;
}

/**
 * Keeps the store what it says it is, until the signal fires: checks the files, reports which are whole, and deletes what
 * nobody has wanted for long, in this order, so that no file goes that is still reported.
 */
export async function keepStore(options: KeepLoopOptions, signal: AbortSignal): Promise<void> {
  const keeper = new Keeper(options);
  while (!signal.aborted) {
    await keeper.check();
    await keeper.tell(signal);
    await keeper.collect(signal);
    await options.wakeup.wait(options.checkMs, signal);
  }
}

class Keeper {
  readonly #options: KeepLoopOptions;
  readonly #backoff: Backoff;
  #verified = Number.NEGATIVE_INFINITY;
  #reported: string | undefined;
  #tellAfter = 0;
  #isChecked = false;
  /** What was here at the last look: what is missing since is news, what was never here is not. */
  #present: string[] = [];

  constructor(options: KeepLoopOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ first: 500, most: options.maxWaitMs });
  }

  async check(): Promise<void> {
    const { store, verifyMs, wanted, onLost, onFailure } = this.#options;
    const isDue = performance.now() - this.#verified >= verifyMs;
    try {
      const damaged = await store.check(isDue);
      this.#isChecked = true;
      if (isDue) {
        this.#verified = performance.now();
        // Somebody may have edited the report: it is read again.
        this.#reported = undefined;
      }
      const lost = this.#present.filter((digest) => wanted()?.has(digest) && !store.has(digest));
      this.#present = store.digests();
      if (damaged.length > 0 || lost.length > 0) onLost(damaged);
    } catch (error) {
      onFailure(error);
    }
  }

  /** @returns whether what is here is what was reported last */
  async tell(signal: AbortSignal): Promise<boolean> {
    const { store, report, failures, onFailure } = this.#options;
    // What was not looked at yet would be reported as absent, and pods would lose their filters.
    if (!this.#isChecked) return false;
    const facts = { digests: store.digests(), failures: failures() };
    const text = JSON.stringify(facts);
    if (text === this.#reported) return true;
    if (performance.now() < this.#tellAfter) return false;
    try {
      await report.write(facts, signal);
      this.#reported = text;
      this.#backoff.reset();
      return true;
    } catch (error) {
      this.#tellAfter = performance.now() + this.#backoff.next();
      if (!signal.aborted) onFailure(error);
      return false;
    }
  }

  async collect(signal: AbortSignal): Promise<void> {
    const { store, wanted, graceMs, onDeleted, onFailure } = this.#options;
    const list = wanted();
    const expired = list === undefined ? [] : store.expired(list, graceMs, performance.now());
    if (expired.length === 0) return;
    for (const digest of expired) store.hide(digest);
    // Where that fails, the next check finds the files again.
    if (!(await this.tell(signal))) return;
    for (const digest of expired) {
      if (wanted()?.has(digest)) continue;
      try {
        await store.remove(digest);
        onDeleted(digest);
      } catch (error) {
        onFailure(error);
      }
    }
  }
}
