import { Status } from "../abi";
import { bytesOf, encode, lengthOf } from "../memory/encoded";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_register_shared_queue")
declare function proxy_register_shared_queue(name: usize, length: u32, token: usize): u32;

/** Opens a queue of this VM, making it if it is new; its token is left in the returned slot. */
export function registerQueue(name: string): Status {
  const text = encode(name);
  clearReturned();
  return <Status>proxy_register_shared_queue(bytesOf(text), lengthOf(text), ptrSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_resolve_shared_queue")
declare function proxy_resolve_shared_queue(
  vmId: usize,
  vmIdLength: u32,
  name: usize,
  length: u32,
  token: usize,
): u32;

/** Finds a queue of the VM `vmId` (empty: this one's); its token is left in the returned slot. */
export function resolveQueue(vmId: string, name: string): Status {
  const vm = encode(vmId);
  const text = encode(name);
  clearReturned();
  return <Status>(
    proxy_resolve_shared_queue(bytesOf(vm), lengthOf(vm), bytesOf(text), lengthOf(text), ptrSlot())
  );
}

// @ts-ignore: decorator
@external("env", "proxy_enqueue_shared_queue")
declare function proxy_enqueue_shared_queue(token: u32, value: usize, length: u32): u32;

/** Puts a message at the end. */
export function enqueue(token: u32, value: usize, length: u32): Status {
  return <Status>proxy_enqueue_shared_queue(token, value, length);
}

// @ts-ignore: decorator
@external("env", "proxy_dequeue_shared_queue")
declare function proxy_dequeue_shared_queue(token: u32, ptr: usize, length: usize): u32;

/** Takes the first message, left in the returned slot as a pointer and a length; `Empty` when there is none. */
export function dequeue(token: u32): Status {
  clearReturned();
  return <Status>proxy_dequeue_shared_queue(token, ptrSlot(), lengthSlot());
}
