/// <reference path="./runtime.d.ts" />
// The `minimal` runtime collects only when it is told to, and telling it is safe only when no callback is on the
// stack, since locals are not roots. The dispatcher tells it as the last act of a callback.

/** Garbage that may come together beside as much as there is of what lives, so that a cycle's cost is shared. */
const ROOM: usize = 64 * 1024;

let limit: usize = ROOM;

/** Collects garbage if enough has come together. Call it with an empty stack only. */
export function collectIfNeeded(): void {
  // `incremental` paces itself, `stub` never collects: neither has this counter.
  if (!isDefined(__managed_bytes)) return;
  if (__managed_bytes < limit) return;
  __collect();
  limit = __managed_bytes * 2 + ROOM;
}
