import assert from "node:assert/strict";
import { type HostErrorCode, MeshwasmError } from "../errors.js";
import type { LogEntry } from "../world/logs.js";

/** The messages of log entries. */
export const messages = (entries: readonly LogEntry[]) => entries.map((entry) => entry.message);

/** Asserts that a call throws a `MeshwasmError` with that code and a message that fits. */
export function throwsCode(run: () => unknown, code: HostErrorCode, message = /./): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof MeshwasmError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}
