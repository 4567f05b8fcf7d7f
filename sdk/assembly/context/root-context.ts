import { Status } from "../abi";
import { PluginConfiguration, VmConfiguration } from "../configuration";
import { actOn } from "../dispatch/effective";
import { Registration } from "../dispatch/registry";
import { done } from "../hostcalls/done";
import {
  RequestHeaders,
  requestHeadersOf,
  ResponseHeaders,
  responseHeadersOf,
  ResponseTrailers,
  responseTrailersOf,
} from "../http/headers";
import { setTickPeriod } from "../hostcalls/timer";
import { StatsSnapshot } from "../stats";
import { Ticker } from "../timers/ticker";
import { Timers } from "../timers/timers";
import { Context, ContextKind } from "./context";

// Global, because asc looks a default type argument up where the class that leaves it out is written.
/** The plugin on one worker thread: what all its streams share. Derive from it to read configuration. */
// @ts-ignore: decorator
@global
export class RootContext extends Context {
  /** The SDK's own: what makes this plugin's streams. Null: the filter itself made this object. */
  registration: Registration | null = null;

  constructor() {
    super(ContextKind.Root);
  }

  /** The request's headers in `onLog` of a plugin that is an access logger; nowhere else are they there. */
  get requestHeaders(): RequestHeaders {
    return requestHeadersOf(this.id);
  }

  /** The response's headers; like `requestHeaders`. */
  get responseHeaders(): ResponseHeaders {
    return responseHeadersOf(this.id);
  }

  /** The response's trailers; like `requestHeaders`. */
  get responseTrailers(): ResponseTrailers {
    return responseTrailersOf(this.id);
  }

  /** The VM's configuration, in `onStart` and later; empty where Envoy's configuration has none. */
  get vmConfiguration(): VmConfiguration {
    return new VmConfiguration();
  }

  /** The VM has started. False: the plugin does not load. */
  onStart(): bool {
    return true;
  }

  /** The time that `setTickPeriod` asked for has passed once more. */
  onTick(): void {}

  /** A message has come into the queue with this token, which this plugin has opened. */
  onQueueReady(token: u32): void {}

  /**
   * All of the proxy's numbers, each time Envoy flushes its stats. Only a plugin that Envoy's bootstrap names as a stats
   * sink (`envoy.stat_sinks.wasm`) gets it. Since Envoy 1.17; of no ABI.
   */
  onStats(stats: StatsSnapshot): void {}

  /**
   * Whether a configuration would do, before it is used. Envoy has the callback and has never called it (up to 1.40):
   * refuse in `onConfigure`.
   */
  onValidate(configuration: PluginConfiguration): bool {
    return true;
  }

  /** The SDK's own: whether the end waits for `end`. */
  endsLater: bool = false;

  /** In `onDone`: asks Envoy to wait with the end of this plugin until `end` is called. */
  delayEnd(): void {
    this.endsLater = true;
  }

  /** Lets the plugin end whose end was delayed; `onDelete` follows. `NotFound`: nobody waits for it. */
  end(): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? done() : status;
  }

  /** The SDK's own: who takes the ticks when named timers run. */
  ticker: Ticker | null = null;

  /** The timer `name`, which `startTimer` has started, is due. */
  onTimer(name: string): void {}

  /**
   * Calls `onTimer` with `name` after `milliseconds` (at least 1), and again each time they have passed; with `repeat` false
   * only once. A timer of that name which runs is started anew. Timers take over the one tick that the host has: with them
   * `setTickPeriod` and `onTick` are out of use.
   */
  startTimer(name: string, milliseconds: u32, repeat: bool = true): Status {
    let timers = this.ticker;
    if (!timers) {
      timers = new Timers(this);
      this.ticker = timers;
    }
    return changetype<Timers>(timers).start(name, milliseconds, repeat);
  }

  /** Stops the timer `name`; `NotFound`: it does not run. */
  stopTimer(name: string): Status {
    const timers = this.ticker;
    return timers ? changetype<Timers>(timers).stop(name) : Status.NotFound;
  }

  /** Calls `onTick` every `milliseconds` from now on; 0 stops it. */
  setTickPeriod(milliseconds: u32): Status {
    const status = actOn(this.id);
    return status == Status.Ok ? setTickPeriod(milliseconds) : status;
  }

  /**
   * The plugin's configuration. False refuses it: the plugin does not load, or keeps the configuration that it had.
   * Envoy says only that it was refused, so log the reason.
   */
  onConfigure(configuration: PluginConfiguration): bool {
    return true;
  }
}
