import { BufferType, WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, NotFound, BadArgument, InvalidMemoryAccess } = WasmResult;

/** The buffer hostcalls, after `exports.cc` of proxy-wasm-cpp-host. */
export function bufferHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_get_buffer_bytes(
      type: number,
      start: number,
      length: number,
      pointerTo: number,
      sizeTo: number,
    ): number {
      const call = "proxy_get_buffer_bytes";
      const context = vm.enter(call);
      const from = start >>> 0;
      const args = [type, from, length >>> 0];
      if (type >>> 0 > BufferType.CallData) return vm.record(context, call, args, BadArgument);
      const buffer = context.lookAt(type);
      if (buffer === undefined) return vm.record(context, call, args, NotFound);
      // Envoy adds these as 64-bit words, so start + length cannot overflow there either.
      const end = Math.min(from + (length >>> 0), buffer.length);
      const bytes = from < end ? buffer.bytes().subarray(from, end) : EMPTY;
      const given = vm.giveBytes(bytes, pointerTo, sizeTo);
      return vm.record(context, call, args, given ? Ok : InvalidMemoryAccess, bytes.length);
    },

    proxy_set_buffer_bytes(
      type: number,
      start: number,
      length: number,
      pointer: number,
      size: number,
    ): number {
      const call = "proxy_set_buffer_bytes";
      const context = vm.enter(call);
      const args = [type, start >>> 0, length >>> 0, size >>> 0];
      if (type >>> 0 > BufferType.CallData) return vm.record(context, call, args, BadArgument);
      const buffer = context.lookAt(type);
      if (buffer === undefined) return vm.record(context, call, args, NotFound);
      const data = vm.memory.copy(pointer, size);
      if (data === undefined) return vm.record(context, call, args, InvalidMemoryAccess);
      return vm.record(context, call, args, buffer.replace(start >>> 0, length >>> 0, data));
    },

    proxy_get_buffer_status(type: number, lengthTo: number, flagsTo: number): number {
      const call = "proxy_get_buffer_status";
      const context = vm.enter(call);
      if (type >>> 0 > BufferType.CallData) return vm.record(context, call, [type], BadArgument);
      const buffer = context.lookAt(type);
      if (buffer === undefined) return vm.record(context, call, [type], NotFound);
      const written = vm.memory.writeU32(lengthTo, buffer.length) && vm.memory.writeU32(flagsTo, 0);
      return vm.record(context, call, [type], written ? Ok : InvalidMemoryAccess, buffer.length);
    },

    proxy_get_configuration(pointerTo: number, sizeTo: number): number {
      const context = vm.enter("proxy_get_configuration");
      const bytes = context.configuration();
      const given = vm.giveBytes(bytes, pointerTo, sizeTo);
      return vm.record(
        context,
        "proxy_get_configuration",
        [],
        given ? Ok : InvalidMemoryAccess,
        bytes.length,
      );
    },
  };
}

const EMPTY = Buffer.alloc(0);
