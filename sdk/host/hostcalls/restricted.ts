import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";

const NOTCAPABLE = 76;

/**
 * Whether a plugin may be called so, or may call so: the name of a `proxy_` or WASI function. Envoy's own additions, the
 * allocators and what starts the module are never withheld. Follows `WasmBase::registerCallbacks` and `getFunctions`.
 *
 * @param allowed `allowed_capabilities`; undefined or empty: everything
 */
export function isAllowed(allowed: ReadonlySet<string> | undefined, module: string, name: string): boolean {
  if (allowed === undefined || allowed.size === 0 || allowed.has(name)) return true;
  return module === "env" && (!name.startsWith("proxy_") || name === "proxy_on_memory_allocate");
}

/** What stands in the place of a hostcall that is withheld (undefined: it is not): an error in the log, and a failure. */
export function restrictedHostcall(
  vm: Vm,
  module: string,
  name: string,
): (() => number | undefined) | undefined {
  if (isAllowed(vm.world.capabilities, module, name)) return undefined;
  return () => {
    const context = vm.enter(name);
    const kind = module === "env" ? "proxy-wasm" : "WASI";
    context.log(4, `Attempted call to restricted ${kind} capability: ${name}`);
    if (name === "proc_exit") return undefined;
    return vm.record(context, name, [], module === "env" ? WasmResult.InternalFailure : NOTCAPABLE);
  };
}
