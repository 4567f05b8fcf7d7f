import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect as show } from "node:util";
import { type ErrorCode, MeshwasmError } from "../errors.js";

/** The user of the registries in which something goes wrong; nothing may ever repeat the password. */
export const user = { username: "tester", password: "s3cret-word" };

/** What a refusal must be. */
export interface Refusal {
  code: ErrorCode;
  message: RegExp;
}

/** Runs work that must fail with a named error, a hint, and no credential in anything that could be printed. */
export async function expectRefused(work: () => Promise<unknown>, expected: Refusal): Promise<void> {
  const error = await work().then(
    () => assert.fail("it was not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof MeshwasmError, String(error));
  assert.equal(error.code, expected.code, error.message);
  assert.match(error.message, expected.message);
  assert.ok(error.hint, `${error.code} has no hint: ${error.message}`);
  const basic = Buffer.from(`${user.username}:${user.password}`).toString("base64");
  // With all causes and hidden members, as a debugger would print them.
  const printed = show(error, { depth: 20, showHidden: true });
  for (const secret of [user.password, basic])
    assert.ok(!printed.includes(secret), "a credential is printed");
}

/** Checks that whatever a layout holds is complete: no blob with other content than its name, nothing half-written. */
export function expectNothingIncomplete(layout: string): void {
  const folder = join(layout, "blobs", "sha256");
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const hash = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    assert.equal(hash, name);
  }
  const hidden = (existsSync(layout) ? readdirSync(layout) : []).filter((name) => name.endsWith(".tmp"));
  assert.deepEqual(hidden, []);
}

/** Checks that a layout names no artifact. */
export function expectNothingNamed(layout: string): void {
  expectNothingIncomplete(layout);
  const index = join(layout, "index.json");
  const { manifests } = existsSync(index)
    ? (JSON.parse(readFileSync(index, "utf8")) as { manifests: unknown[] })
    : { manifests: [] };
  assert.deepEqual(manifests, []);
}
