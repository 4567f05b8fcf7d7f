import { MeshwasmError } from "../errors.js";
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

const freed = (): never => {
  throw new MeshwasmError("ENVOY_CRASH", "Envoy 1.40 reads freed memory, and mostly crashes, on CallData", {
    hint: "it shows the body that was looked at last, and only in that callback: read the body by its own number",
  });
};

/** A body that went on, and that Envoy still points to. */
export const FREED: GuestBuffer = {
  get length() {
    return freed();
  },
  bytes: freed,
  replace: freed,
};

/** Bytes that the guest may only read. */
export function readOnly(bytes: Buffer): GuestBuffer {
  return { length: bytes.length, bytes: () => bytes, replace: () => WasmResult.BadArgument };
}

export function orAbsent(buffer: ByteBuffer | undefined): GuestBuffer {
  return buffer ?? ABSENT;
}
