import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

export function sharedDataHostcalls(vm: Vm): Hostcalls {
  const { sharedData, vmId } = vm.world;
  return {
    proxy_get_shared_data(
      keyPointer: number,
      keySize: number,
      pointerTo: number,
      sizeTo: number,
      casTo: number,
    ): number {
      const call = "proxy_get_shared_data";
      const context = vm.enter(call);
      const key = vm.memory.text(keyPointer, keySize);
      if (key === undefined) return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      const entry = sharedData.get(vmId, key);
      if (entry === undefined) return vm.record(context, call, [key], WasmResult.NotFound);
      const given = vm.giveText(entry.value, pointerTo, sizeTo) && vm.memory.writeU32(casTo, entry.cas);
      const result = given ? WasmResult.Ok : WasmResult.InvalidMemoryAccess;
      return vm.record(context, call, [key], result, entry.value);
    },

    proxy_set_shared_data(
      keyPointer: number,
      keySize: number,
      valuePointer: number,
      valueSize: number,
      cas: number,
    ): number {
      const call = "proxy_set_shared_data";
      const context = vm.enter(call);
      const key = vm.memory.text(keyPointer, keySize);
      const value = vm.memory.text(valuePointer, valueSize);
      if (key === undefined || value === undefined)
        return vm.record(context, call, [], WasmResult.InvalidMemoryAccess);
      const result = sharedData.set(vmId, key, value, cas >>> 0);
      return vm.record(context, call, [key, value, cas >>> 0], result);
    },
  };
}
