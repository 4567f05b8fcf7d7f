interface Timer {
  due: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Milliseconds as nanoseconds, to the microsecond. */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}

/**
 * Virtual time, in milliseconds. It stands still except in {@link VirtualClock.advance}, which fires what
 * falls due on the way, in order of time and then of setting.
 */
export class VirtualClock {
  private readonly timers = new Set<Timer>();
  private order = 0;
  private elapsed = 0;

  /** @param start the wall clock's time at the beginning, in ms since 1970 */
  constructor(private readonly start: number) {}

  /** Wall-clock time in milliseconds since 1970. */
  get now(): number {
    return this.start + this.elapsed;
  }

  /** Wall-clock time in nanoseconds since 1970. */
  get wallNanoseconds(): bigint {
    return nanoseconds(this.now);
  }

  /** Nanoseconds since the clock began; what a monotonic clock would tell. */
  get monotonicNanoseconds(): bigint {
    return nanoseconds(this.elapsed);
  }

  /** Calls `fire` once, `after` ms from now. The returned function cancels it. */
  schedule(after: number, fire: () => void): () => void {
    const timer: Timer = { due: this.elapsed + after, order: this.order++, fire };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Milliseconds until the next timer fires; undefined: there is none. */
  get next(): number | undefined {
    if (this.timers.size === 0) return undefined;
    return Math.max(0, Math.min(...Array.from(this.timers, ({ due }) => due)) - this.elapsed);
  }

  /** Moves time by `ms`, firing timers at their own time; `settle` runs after each. */
  advance(ms: number, settle: () => void): void {
    const target = this.elapsed + ms;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.timers) {
        if (timer.due > target) continue;
        if (
          next === undefined ||
          timer.due < next.due ||
          (timer.due === next.due && timer.order < next.order)
        )
          next = timer;
      }
      if (next === undefined) break;
      this.timers.delete(next);
      this.elapsed = Math.max(this.elapsed, next.due);
      next.fire();
      settle();
    }
    this.elapsed = target;
  }
}
