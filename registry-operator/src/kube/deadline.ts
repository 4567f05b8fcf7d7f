/** A signal that fires with another one, or after some time. */
export interface Deadline {
  signal: AbortSignal;
  /** Whether it was the time that ran out. */
  readonly expired: boolean;
  /** Lets go of the timer and of the other signal; the own signal does not fire any more. */
  clear(): void;
}

/**
 * A time limit. Not by `AbortSignal.any` and `AbortSignal.timeout`: on Node 20 a signal that is made of both can be collected
 * as garbage while somebody waits for it, and then never fires.
 */
export function deadline(millis: number, ...signals: (AbortSignal | undefined)[]): Deadline {
  const controller = new AbortController();
  let expired = false;
  const stop = () => controller.abort();
  const timer = setTimeout(() => {
    expired = true;
    stop();
  }, millis);
  for (const signal of signals) {
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  }
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    clear() {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener("abort", stop);
    },
  };
}
