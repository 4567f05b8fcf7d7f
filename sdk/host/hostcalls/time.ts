import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

export function timeHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_get_current_time_nanoseconds(timeTo: number): number {
      const context = vm.enter("proxy_get_current_time_nanoseconds");
      const now = vm.world.clock.wallNanoseconds;
      const written = vm.memory.writeU64(timeTo, now);
      const result = written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess;
      return vm.record(context, "proxy_get_current_time_nanoseconds", [], result, now);
    },

    proxy_set_tick_period_milliseconds(period: number): number {
      const context = vm.enter("proxy_set_tick_period_milliseconds");
      vm.world.setTickPeriod(context.rootId, period >>> 0);
      return vm.record(context, "proxy_set_tick_period_milliseconds", [period >>> 0], WasmResult.Ok);
    },
  };
}
