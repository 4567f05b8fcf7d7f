import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";
import { unsupportedHostcall } from "./unsupported.js";

// What Envoy 1.40 registers (source/extensions/common/wasm/foreign.cc); other names answer NotFound there.
const ENVOY_FOREIGN_FUNCTIONS: ReadonlySet<string> = new Set([
  "compress",
  "uncompress",
  "expr_create",
  "expr_evaluate",
  "expr_delete",
  "declare_property",
  "set_envoy_filter_state",
  "verify_signature",
  "sign",
  "clear_route_cache",
]);

/** Hostcalls about the contexts themselves, and the door to functions outside the ABI. */
export function contextHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_set_effective_context(id: number): number {
      const context = vm.enter("proxy_set_effective_context");
      const known = vm.contexts.has(id >>> 0);
      if (known) vm.effectiveId = id >>> 0;
      const result = known ? WasmResult.Ok : WasmResult.BadArgument;
      return vm.record(context, "proxy_set_effective_context", [id >>> 0], result);
    },

    proxy_done(): number {
      const context = vm.enter("proxy_done");
      return vm.record(context, "proxy_done", [], vm.world.finish(context.id));
    },

    // Only callouts set a status, and the host makes none yet: this is what Envoy gives before the first.
    proxy_get_status(codeTo: number, pointerTo: number, sizeTo: number): number {
      const context = vm.enter("proxy_get_status");
      const written = vm.memory.writeU32(codeTo, 0) && vm.giveText("", pointerTo, sizeTo);
      const result = written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess;
      return vm.record(context, "proxy_get_status", [], result, 0);
    },

    proxy_call_foreign_function(
      namePointer: number,
      nameSize: number,
      argumentPointer: number,
      argumentSize: number,
      pointerTo: number,
      sizeTo: number,
    ): number {
      const call = "proxy_call_foreign_function";
      const context = vm.enter(call);
      const name = vm.memory.text(namePointer, nameSize);
      const argument = vm.memory.text(argumentPointer, argumentSize);
      if (name === undefined || argument === undefined)
        return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      if (!ENVOY_FOREIGN_FUNCTIONS.has(name)) return vm.record(context, call, [name], WasmResult.NotFound);
      if (name !== "clear_route_cache") return unsupportedHostcall(vm, `${call}("${name}")`)();
      const written =
        (pointerTo === 0 || vm.memory.writeU32(pointerTo, 0)) &&
        (sizeTo === 0 || vm.memory.writeU32(sizeTo, 0));
      return vm.record(context, call, [name], written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess);
    },
  };
}
