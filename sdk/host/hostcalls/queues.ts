import { fromByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, NotFound, InvalidMemoryAccess } = WasmResult;

/** The shared queue hostcalls, after `exports.cc` and `shared_queue.cc` of proxy-wasm-cpp-host. */
export function queueHostcalls(vm: Vm): Hostcalls {
  const { world } = vm;
  return {
    proxy_register_shared_queue(namePointer: number, nameSize: number, tokenTo: number): number {
      const call = "proxy_register_shared_queue";
      const context = vm.enter(call);
      const name = vm.memory.text(namePointer, nameSize);
      if (name === undefined) return vm.record(context, call, [], InvalidMemoryAccess);
      const listener = context.rootId;
      const token = world.queues.register(world.vmId, name, (ready) => world.queueReady(listener, ready));
      const written = vm.memory.writeU32(tokenTo, token);
      return vm.record(context, call, [fromByteString(name)], written ? Ok : InvalidMemoryAccess, token);
    },

    proxy_resolve_shared_queue(
      vmIdPointer: number,
      vmIdSize: number,
      namePointer: number,
      nameSize: number,
      tokenTo: number,
    ): number {
      const call = "proxy_resolve_shared_queue";
      const context = vm.enter(call);
      const vmId = vm.memory.text(vmIdPointer, vmIdSize);
      const name = vm.memory.text(namePointer, nameSize);
      if (vmId === undefined || name === undefined) return vm.record(context, call, [], InvalidMemoryAccess);
      const args = [fromByteString(vmId), fromByteString(name)];
      const token = world.queues.resolve(vmId === "" ? world.vmId : fromByteString(vmId), name);
      if (token === 0) return vm.record(context, call, args, NotFound);
      const written = vm.memory.writeU32(tokenTo, token);
      return vm.record(context, call, args, written ? Ok : InvalidMemoryAccess, token);
    },

    proxy_enqueue_shared_queue(token: number, pointer: number, size: number): number {
      const call = "proxy_enqueue_shared_queue";
      const context = vm.enter(call);
      const value = vm.memory.text(pointer, size);
      if (value === undefined) return vm.record(context, call, [token >>> 0], InvalidMemoryAccess);
      return vm.record(context, call, [token >>> 0, value], world.queues.enqueue(token >>> 0, value));
    },

    proxy_dequeue_shared_queue(token: number, pointerTo: number, sizeTo: number): number {
      const call = "proxy_dequeue_shared_queue";
      const context = vm.enter(call);
      const value = world.queues.dequeue(token >>> 0);
      if (typeof value === "number") return vm.record(context, call, [token >>> 0], value);
      const given = vm.giveText(value, pointerTo, sizeTo);
      return vm.record(context, call, [token >>> 0], given ? Ok : InvalidMemoryAccess, value);
    },
  };
}
