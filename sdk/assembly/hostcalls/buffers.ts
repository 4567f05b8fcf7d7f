import { BufferType, Status } from "../abi";
import { clearReturned, lengthSlot, ptrSlot } from "../memory/returned";

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: u32, start: u32, max: u32, ptr: usize, length: usize): u32;

/** Up to `max` bytes from `start`, left in the returned slot as a pointer and a length. */
export function getBufferBytes(buffer: BufferType, start: u32, max: u32): Status {
  clearReturned();
  return <Status>proxy_get_buffer_bytes(buffer, start, max, ptrSlot(), lengthSlot());
}

// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
declare function proxy_set_buffer_bytes(buffer: u32, start: u32, size: u32, ptr: usize, length: u32): u32;

/** Replaces `size` bytes at `start`: with 0 it prepends, with a start at the end or past it, it appends. */
export function setBufferBytes(buffer: BufferType, start: u32, size: u32, ptr: usize, length: u32): Status {
  return <Status>proxy_set_buffer_bytes(buffer, start, size, ptr, length);
}

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_status")
declare function proxy_get_buffer_status(buffer: u32, length: usize, flags: usize): u32;

/** How many bytes are there, left in the returned slot as a number. The flags mean nothing in Envoy. */
export function getBufferStatus(buffer: BufferType): Status {
  clearReturned();
  return <Status>proxy_get_buffer_status(buffer, ptrSlot(), lengthSlot());
}
