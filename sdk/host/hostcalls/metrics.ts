import { fromByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

export function metricHostcalls(vm: Vm): Hostcalls {
  const { metrics } = vm.world;
  return {
    proxy_define_metric(type: number, namePointer: number, nameSize: number, idTo: number): number {
      const call = "proxy_define_metric";
      const context = vm.enter(call);
      const bytes = vm.memory.text(namePointer, nameSize);
      if (bytes === undefined) return vm.record(context, call, [type], WasmResult.InvalidMemoryAccess);
      const name = fromByteString(bytes);
      const id = metrics.define(type >>> 0, name);
      if (id === undefined) return vm.record(context, call, [type, name], WasmResult.BadArgument);
      const written = vm.memory.writeU32(idTo, id);
      return vm.record(
        context,
        call,
        [type, name],
        written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess,
        id,
      );
    },

    proxy_increment_metric(id: number, offset: bigint): number {
      const context = vm.enter("proxy_increment_metric");
      const result = metrics.increment(id >>> 0, offset);
      return vm.record(context, "proxy_increment_metric", [id >>> 0, offset], result);
    },

    proxy_record_metric(id: number, value: bigint): number {
      const context = vm.enter("proxy_record_metric");
      const result = metrics.record(id >>> 0, value);
      return vm.record(context, "proxy_record_metric", [id >>> 0, BigInt.asUintN(64, value)], result);
    },

    proxy_get_metric(id: number, valueTo: number): number {
      const call = "proxy_get_metric";
      const context = vm.enter(call);
      const value = metrics.get(id >>> 0);
      if (typeof value === "number") return vm.record(context, call, [id >>> 0], value);
      const written = vm.memory.writeU64(valueTo, value);
      return vm.record(
        context,
        call,
        [id >>> 0],
        written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess,
        value,
      );
    },
  };
}
