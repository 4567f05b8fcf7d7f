import { Status } from "../abi";
import { RootContext } from "../context/root-context";
import { currentTimeNanoseconds } from "../hostcalls/time";
import { Ticker } from "./ticker";

class Timer {
  constructor(
    readonly name: string,
    /** Nanoseconds from one time to the next; 0: there is only one. */
    readonly period: u64,
    /** When it is due, in nanoseconds since 1970. */
    public due: u64,
  ) {}
}

/** The named timers of a root context, over the one tick that the host has for it. */
export class Timers extends Ticker {
  private timers: Timer[] = [];

  constructor(private root: RootContext) {
    super();
  }

  /** Starts the timer `name`, anew if it runs. */
  start(name: string, milliseconds: u32, repeat: bool): Status {
    this.remove(name);
    const period = <u64>max(milliseconds, 1) * 1_000_000;
    this.timers.push(new Timer(name, repeat ? period : 0, currentTimeNanoseconds() + period));
    return this.arm();
  }

  /** Stops the timer `name`; `NotFound`: it does not run. */
  stop(name: string): Status {
    return this.remove(name) ? this.arm() : Status.NotFound;
  }

  /** Calls `onTimer` for what is due; a timer that was missed several times fires once. */
  tick(): void {
    const now = currentTimeNanoseconds();
    const due: string[] = [];
    for (let i = this.timers.length - 1; i >= 0; i--) {
      const timer = this.timers[i];
      if (timer.due > now) continue;
      due.unshift(timer.name);
      if (timer.period) timer.due = now + timer.period;
      else this.timers.splice(i, 1);
    }
    // What onTimer starts and stops counts, so the tick is armed after it; and it may stop what is due with it.
    for (let i = 0; i < due.length; i++) this.root.onTimer(due[i]);
    this.arm();
  }

  private remove(name: string): bool {
    for (let i = 0; i < this.timers.length; i++) {
      if (this.timers[i].name != name) continue;
      this.timers.splice(i, 1);
      return true;
    }
    return false;
  }

  /** Has the host tick when the next timer is due, or never. */
  private arm(): Status {
    let next: u64 = u64.MAX_VALUE;
    for (let i = 0; i < this.timers.length; i++) next = min(next, this.timers[i].due);
    if (next == u64.MAX_VALUE) return this.root.setTickPeriod(0);
    const now = currentTimeNanoseconds();
    // Rounded up: a tick that comes early would find nothing due.
    const left = next > now ? (next - now + 999_999) / 1_000_000 : 1;
    return this.root.setTickPeriod(<u32>min<u64>(left, u32.MAX_VALUE));
  }
}
