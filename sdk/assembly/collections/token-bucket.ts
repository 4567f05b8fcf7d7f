/**
 * A token bucket: so many at once, and so many per period over time. Integers only, so that nothing is lost or gained by
 * rounding over any time. Each worker thread of Envoy has its own.
 *
 * ```ts
 * const bucket = new TokenBucket(20, 10); // bursts of 20, ten per second
 * if (!bucket.take(clock.nanoseconds())) return this.respond(429);
 * ```
 */
export class TokenBucket {
  /** What is in it, in tokens × nanoseconds of the period. */
  private level: u64;
  private readonly full: u64;
  private last: u64 = 0;
  private started: bool = false;

  /**
   * @param capacity how many it holds, and begins with
   * @param refill how many come back in each period; 0: none ever
   * @param period in nanoseconds, up to an hour and at least 1; longer ones count as an hour
   */
  constructor(
    readonly capacity: u32,
    private refill: u32,
    private period: u64 = 1_000_000_000,
  ) {
    // 2^32 tokens × 3.6e12 ns would not fit.
    this.period = min(max(period, 1), 3_600_000_000_000);
    this.full = min(<u64>capacity, u64.MAX_VALUE / this.period) * this.period;
    this.level = this.full;
  }

  /** Takes tokens when there are as many; else none, and false. @param now in nanoseconds: `clock.nanoseconds()` */
  take(now: u64, count: u32 = 1): bool {
    this.fill(now);
    if (<u64>count > this.level / this.period) return false;
    this.level -= <u64>count * this.period;
    return true;
  }

  /** How many there are now. */
  available(now: u64): u32 {
    this.fill(now);
    return <u32>(this.level / this.period);
  }

  /** In how many nanoseconds there will be `count`; 0: there are; `u64.MAX_VALUE`: never. */
  waitFor(now: u64, count: u32 = 1): u64 {
    this.fill(now);
    if (<u64>count <= this.level / this.period) return 0;
    if (<u64>count > this.full / this.period || this.refill == 0) return u64.MAX_VALUE;
    const missing = <u64>count * this.period - this.level;
    return (missing - 1) / this.refill + 1;
  }

  /** What has come back since the last time. A clock that was set back gives nothing and takes nothing. */
  private fill(now: u64): void {
    const elapsed = this.started && now > this.last ? now - this.last : 0;
    this.started = true;
    this.last = now;
    if (elapsed == 0 || this.refill == 0) return;
    const missing = this.full - this.level;
    if (elapsed >= (missing + this.refill - 1) / this.refill) this.level = this.full;
    else this.level += elapsed * this.refill;
  }
}
