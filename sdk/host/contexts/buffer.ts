import type { ByteBuffer } from "../http/byte-buffer.js";
import { WasmResult } from "../status.js";

/** A buffer as the buffer hostcalls see it. */
export interface GuestBuffer {
  readonly length: number;
  bytes(): Buffer;
  /** An ABI status; `BadArgument` for a buffer that cannot be changed. */
  replace(start: number, length: number, data: Buffer): number;
}

/** What Envoy shows for a body that is not there: readable and empty, not writable. */
export const ABSENT: GuestBuffer = {
  length: 0,
  bytes: () => Buffer.alloc(0),
  replace: () => WasmResult.BadArgument,
};

/** Bytes that the guest may only read. */
export function readOnly(bytes: Buffer): GuestBuffer {
  return { length: bytes.length, bytes: () => bytes, replace: () => WasmResult.BadArgument };
}

export function orAbsent(buffer: ByteBuffer | undefined): GuestBuffer {
  return buffer ?? ABSENT;
}
