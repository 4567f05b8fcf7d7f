import { Status } from "../abi";
import { PluginConfiguration } from "../configuration";
import { actOn } from "../dispatch/effective";
import { Registration } from "../dispatch/registry";
import { setTickPeriod } from "../hostcalls/timer";
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

  /** The VM has started. False: the plugin does not load. */
  onStart(): bool {
    return true;
  }

  /** The time that `setTickPeriod` asked for has passed once more. */
  onTick(): void {}

  /** A message has come into the queue with this token, which this plugin has opened. */
  onQueueReady(token: u32): void {}

  /** Calls `onTick` every `milliseconds` from now on; 0 stops it. */
  setTickPeriod(milliseconds: u32): Status {
    actOn(this.id);
    return setTickPeriod(milliseconds);
  }

  /**
   * The plugin's configuration. False refuses it: the plugin does not load, or keeps the configuration that it had.
   * Envoy says only that it was refused, so log the reason.
   */
  onConfigure(configuration: PluginConfiguration): bool {
    return true;
  }
}
