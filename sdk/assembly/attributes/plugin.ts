import { textAt } from "../properties";

// The plugin itself, as Envoy's configuration names it.

/** The plugin's name. */
export function name(): string | null {
  return textAt("plugin_name");
}

/** The root id that serves it. */
export function rootId(): string | null {
  return textAt("plugin_root_id");
}

/** The VM's id; empty: none was given. */
export function vmId(): string | null {
  return textAt("plugin_vm_id");
}
