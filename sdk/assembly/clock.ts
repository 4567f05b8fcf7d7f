import { currentTimeNanoseconds } from "./hostcalls/time";

/** The time as the proxy knows it. */
export namespace clock {
  /** Nanoseconds since 1970 (UTC); 0 when the host has no clock. */
  export function nanoseconds(): u64 {
    return currentTimeNanoseconds();
  }

  /** Milliseconds since 1970 (UTC); 0 when the host has no clock. */
  export function milliseconds(): u64 {
    return currentTimeNanoseconds() / 1_000_000;
  }
}
