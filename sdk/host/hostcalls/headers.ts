import type { Context } from "../contexts/context.js";
import { decodePairs, encodePairs } from "../headers/pairs.js";
import { MapType, WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, NotFound, BadArgument, InvalidMemoryAccess } = WasmResult;

/** The header map hostcalls, after `exports.cc` of proxy-wasm-cpp-host and `Context` of Envoy. */
export function headerHostcalls(vm: Vm): Hostcalls {
  // The three that change one name differ only in what they do with it.
  const change =
    (
      call: string,
      apply: (map: NonNullable<ReturnType<Context["map"]>>, name: string, value: string) => void,
    ) =>
    (type: number, namePointer: number, nameSize: number, valuePointer = 0, valueSize = 0): number => {
      const context = vm.enter(call);
      if (type >>> 0 > MapType.HttpCallResponseTrailers) return vm.record(context, call, [type], BadArgument);
      const name = vm.memory.text(namePointer, nameSize);
      const value = vm.memory.text(valuePointer, valueSize);
      if (name === undefined || value === undefined)
        return vm.record(context, call, [type], InvalidMemoryAccess);
      const map = context.map(type);
      if (map !== undefined) apply(map, name, value);
      return vm.record(context, call, [type, name, value], map === undefined ? BadArgument : Ok);
    };

  return {
    proxy_add_header_map_value: change("proxy_add_header_map_value", (map, name, value) =>
      map.add(name, value),
    ),
    proxy_replace_header_map_value: change("proxy_replace_header_map_value", (map, name, value) =>
      map.set(name, value),
    ),
    proxy_remove_header_map_value: change("proxy_remove_header_map_value", (map, name) => map.remove(name)),

    proxy_get_header_map_value(
      type: number,
      namePointer: number,
      nameSize: number,
      pointerTo: number,
      sizeTo: number,
    ): number {
      const call = "proxy_get_header_map_value";
      const context = vm.enter(call);
      if (type >>> 0 > MapType.HttpCallResponseTrailers) return vm.record(context, call, [type], BadArgument);
      const name = vm.memory.text(namePointer, nameSize);
      if (name === undefined) return vm.record(context, call, [type], InvalidMemoryAccess);
      const map = context.readableMap(type);
      let value = map?.get(name);
      if (value === undefined) {
        const missing = map !== undefined || context.accessLogPhase ? NotFound : BadArgument;
        // ABI 0.1.0 had no NotFound for headers: a missing one is empty.
        if (missing === BadArgument || vm.loaded.abi !== "0.1.0")
          return vm.record(context, call, [type, name], missing);
        value = "";
      }
      const given = vm.giveText(value, pointerTo, sizeTo);
      return vm.record(context, call, [type, name], given ? Ok : InvalidMemoryAccess, value);
    },

    proxy_get_header_map_pairs(type: number, pointerTo: number, sizeTo: number): number {
      const call = "proxy_get_header_map_pairs";
      const context = vm.enter(call);
      if (type >>> 0 > MapType.HttpCallResponseTrailers) return vm.record(context, call, [type], BadArgument);
      const pairs = context.readableMap(type)?.pairs() ?? [];
      const given =
        pairs.length === 0
          ? vm.giveText("", pointerTo, sizeTo)
          : vm.giveBytes(encodePairs(pairs), pointerTo, sizeTo);
      return vm.record(context, call, [type], given ? Ok : InvalidMemoryAccess, pairs);
    },

    proxy_set_header_map_pairs(type: number, pointer: number, size: number): number {
      const call = "proxy_set_header_map_pairs";
      const context = vm.enter(call);
      if (type >>> 0 > MapType.HttpCallResponseTrailers) return vm.record(context, call, [type], BadArgument);
      const bytes = vm.memory.copy(pointer, size);
      if (bytes === undefined) return vm.record(context, call, [type], InvalidMemoryAccess);
      const pairs = decodePairs(bytes);
      const map = context.map(type);
      if (map === undefined) return vm.record(context, call, [type, pairs], BadArgument);
      map.clear();
      for (const [name, value] of pairs) map.add(name, value);
      return vm.record(context, call, [type, pairs], Ok);
    },

    proxy_get_header_map_size(type: number, sizeTo: number): number {
      const call = "proxy_get_header_map_size";
      const context = vm.enter(call);
      const map = type >>> 0 > MapType.HttpCallResponseTrailers ? undefined : context.map(type);
      if (map === undefined) return vm.record(context, call, [type], BadArgument);
      const size = map.byteSize;
      const written = vm.memory.writeU32(sizeTo, size);
      return vm.record(context, call, [type], written ? Ok : InvalidMemoryAccess, size);
    },
  };
}
