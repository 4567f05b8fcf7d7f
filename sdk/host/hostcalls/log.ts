import { fromByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

export function logHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_log(level: number, pointer: number, size: number): number {
      const context = vm.enter("proxy_log");
      if (level >>> 0 > 5) return vm.record(context, "proxy_log", [level >>> 0], WasmResult.BadArgument);
      const message = vm.memory.text(pointer, size);
      if (message === undefined)
        return vm.record(context, "proxy_log", [level], WasmResult.InvalidMemoryAccess);
      context.log(level, message);
      return vm.record(context, "proxy_log", [level, fromByteString(message)], WasmResult.Ok);
    },

    proxy_get_log_level(levelTo: number): number {
      const context = vm.enter("proxy_get_log_level");
      const level = vm.world.logs.level;
      const written = vm.memory.writeU32(levelTo, level);
      const result = written ? WasmResult.Ok : WasmResult.InvalidMemoryAccess;
      return vm.record(context, "proxy_get_log_level", [], result, level);
    },
  };
}
