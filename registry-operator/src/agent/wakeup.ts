/** Lets one loop sleep until there is something to do. */
export class Wakeup {
  #rung = false;
  #wake: (() => void) | undefined;

  /** Ends the wait, or the next one when nobody waits now. */
  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits until it rings, the time is over, or the signal fires. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end, { once: true });
        this.#wake = end;
      });
    }
    this.#wake = undefined;
    this.#rung = false;
  }
}
