import assert from "node:assert/strict";
import { test } from "node:test";
import { MeshwasmError } from "../errors.js";
import { delayMs, markPassing, retryAfterMs, retrying } from "./retry.js";

const policy = { retries: 3, retryDelayMs: 1, signal: undefined };
const passing = () => markPassing(new MeshwasmError("REGISTRY_ERROR", "busy"));

test("passing errors are retried, up to the limit", async () => {
  for (const [failures, attempts] of [
    [0, 1],
    [3, 4],
    [4, 4],
  ] as const) {
    let count = 0;
    const result = retrying(policy, async () => {
      if (++count <= failures) throw passing();
      return "done";
    });
    await (failures > 3 ? assert.rejects(result, { code: "REGISTRY_ERROR" }) : result);
    assert.equal(count, attempts);
  }
});

test("other errors are not retried", async () => {
  for (const error of [new MeshwasmError("NOT_FOUND", "no"), new TypeError("bug")]) {
    let count = 0;
    const work = async () => {
      count++;
      throw error;
    };
    await assert.rejects(retrying(policy, work), error);
    assert.equal(count, 1);
  }
});

test("an abort ends the waiting", async () => {
  const signal = AbortSignal.timeout(20);
  const work = async () => {
    throw markPassing(new MeshwasmError("REGISTRY_ERROR", "busy"), 60_000);
  };
  await assert.rejects(retrying({ ...policy, signal }, work), { code: "ABORTED" });
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  assert.equal(retryAfterMs("2", now), 2000);
  assert.equal(retryAfterMs("Sat, 31 Jan 2026 12:00:05 GMT", now), 5000);
  assert.equal(retryAfterMs("Sat, 31 Jan 2026 11:00:00 GMT", now), 0);
  assert.equal(retryAfterMs("soon", now), undefined);
  assert.equal(retryAfterMs(undefined, now), undefined);
});

test("no registry makes a client wait for longer than 30 s, nor back-off for longer than 5 s", () => {
  const patient = { ...policy, retryDelayMs: 200 };
  assert.equal(delayMs(patient, 2_000, 0), 2_000);
  assert.equal(delayMs(patient, retryAfterMs("999999999"), 0), 30_000);
  for (let attempt = 0; attempt < 2_000; attempt++) {
    const wanted = Math.min(5_000, 200 * 2 ** attempt);
    const delay = delayMs(patient, undefined, attempt);
    assert.ok(delay >= wanted / 2 && delay <= wanted, `${delay} ms before attempt ${attempt}`);
  }
});
