import { ENVOY_FUNCTIONS } from "../foreign/envoy-functions.js";
import { fromByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, NotFound, InvalidMemoryAccess } = WasmResult;

/** The door to functions outside the ABI: the test's own, then Envoy's. */
export function foreignHostcalls(vm: Vm): Hostcalls {
  return {
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
      const bytes = vm.memory.text(namePointer, nameSize);
      const argument = vm.memory.copy(argumentPointer, argumentSize);
      if (bytes === undefined || argument === undefined)
        return vm.record(context, call, [], InvalidMemoryAccess);
      const name = fromByteString(bytes);
      const args = [name, argument.toString("latin1")];
      const own = vm.world.foreignFunctions.get(name);
      const envoys = ENVOY_FUNCTIONS.get(name);
      if (own === undefined && envoys === undefined) return vm.record(context, call, args, NotFound);
      const answer = own === undefined ? envoys!(argument, context, vm.current!) : own(argument);
      const status = typeof answer === "number" ? answer : Ok;
      const result = typeof answer === "object" || typeof answer === "string" ? Buffer.from(answer) : EMPTY;
      // A caller that gives no place for the result gets its size only.
      const pointer = pointerTo === 0 ? 0 : vm.place(result);
      const written =
        pointer !== undefined &&
        (pointerTo === 0 || vm.memory.writeU32(pointerTo, pointer)) &&
        (sizeTo === 0 || vm.memory.writeU32(sizeTo, result.length));
      return vm.record(
        context,
        call,
        args,
        written ? status : InvalidMemoryAccess,
        result.toString("latin1"),
      );
    },
  };
}

const EMPTY = Buffer.alloc(0);
