/// <reference path="./runtime.d.ts" />
// The runtime is `minimal`: it collects only when it is told to, and telling it is safe only when no callback is on
// the stack, since locals are not roots. The dispatcher tells it as the last act of a callback, after enough garbage.

/** Collect after this many bytes of decoded strings, copied bodies and the like. */
const PRESSURE_LIMIT: usize = 256 * 1024;
/** What a callback is taken to leave behind beside the bytes that it noted. */
const PER_CALLBACK: usize = 256;
/** What a live context adds to the limit, so that a collection's cost is shared by work in proportion to it. */
const PER_CONTEXT: usize = 1024;

let pressure: usize = 0;

/** Tells that about `bytes` bytes were allocated on the managed heap. */
export function notePressure(bytes: usize): void {
  pressure += bytes;
}

/** Collects garbage if enough has come together. Call it with an empty stack only. */
export function collectIfNeeded(liveContexts: u32): void {
  pressure += PER_CALLBACK;
  if (pressure < PRESSURE_LIMIT + <usize>liveContexts * PER_CONTEXT) return;
  pressure = 0;
  __collect();
}
