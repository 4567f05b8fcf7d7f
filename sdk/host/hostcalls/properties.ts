import { findGiven } from "../properties/given.js";
import { findProperty, serializeProperty } from "../properties/value.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

export function propertyHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_get_property(pathPointer: number, pathSize: number, pointerTo: number, sizeTo: number): number {
      const call = "proxy_get_property";
      const context = vm.enter(call);
      const path = vm.memory.text(pathPointer, pathSize);
      if (path === undefined) return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      const args = [path.replaceAll("\0", ".")];
      const value =
        findGiven(vm.world.properties, args[0]!) ?? findProperty(path, (name) => context.property(name));
      if (value === undefined) return vm.record(context, call, args, WasmResult.NotFound);
      const bytes = serializeProperty(value);
      if (bytes === undefined) return vm.record(context, call, args, WasmResult.SerializationFailure);
      const given = vm.giveText(bytes, pointerTo, sizeTo);
      return vm.record(context, call, args, given ? WasmResult.Ok : WasmResult.InvalidMemoryAccess, bytes);
    },

    proxy_set_property(
      pathPointer: number,
      pathSize: number,
      valuePointer: number,
      valueSize: number,
    ): number {
      const call = "proxy_set_property";
      const context = vm.enter(call);
      const path = vm.memory.text(pathPointer, pathSize);
      const value = vm.memory.text(valuePointer, valueSize);
      if (path === undefined || value === undefined)
        return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      const result = context.setProperty(path, value);
      return vm.record(context, call, [path.replaceAll("\0", "."), value], result);
    },
  };
}
