import { PluginConfiguration } from "../configuration";
import { Context, ContextKind } from "./context";

/** The plugin on one worker thread: what all its streams share. Derive from it to read configuration. */
export class RootContext extends Context {
  constructor() {
    super(ContextKind.Root);
  }

  /** The VM has started. False: the plugin does not load. */
  onStart(): bool {
    return true;
  }

  /**
   * The plugin's configuration. False refuses it: the plugin does not load, or keeps the configuration that it had.
   * Envoy says only that it was refused, so log the reason.
   */
  onConfigure(configuration: PluginConfiguration): bool {
    return true;
  }
}
