import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

/** Hostcalls about the contexts themselves. */
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

    proxy_get_status(codeTo: number, pointerTo: number, sizeTo: number): number {
      const context = vm.enter("proxy_get_status");
      const { statusCode, statusMessage } = context.incoming();
      const written = vm.memory.writeU32(codeTo, statusCode) && vm.giveText(statusMessage, pointerTo, sizeTo);
      const result = written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess;
      return vm.record(context, "proxy_get_status", [], result, statusCode);
    },
  };
}
