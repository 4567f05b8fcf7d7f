import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { digestOf } from "../digest.js";
import { gunzip, gzip } from "./gzip.js";

const sample = new TextEncoder().encode("a filter, ".repeat(2_000));

test("the bytes are fixed, the header names no time and no file", () => {
  const packed = gzip(sample);
  assert.deepEqual([...packed.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
  assert.equal(digestOf(packed), "sha256:e30719870a4d196d63b489830f81f13d4c3c8520aa75e880904b7be3a8e81785");
});

test("zlib unpacks what we pack, and we unpack what zlib packs", async () => {
  for (const bytes of [sample, new Uint8Array(), crypto.getRandomValues(new Uint8Array(50_000))]) {
    assert.deepEqual(Uint8Array.from(gunzipSync(gzip(bytes))), bytes);
    assert.deepEqual(await gunzip(gzipSync(bytes), 100_000), bytes);
  }
});

test("a bomb is refused at the limit", async () => {
  const bomb = gzipSync(new Uint8Array(50 * 1024 * 1024));
  await assert.rejects(gunzip(bomb, 1024 * 1024), { name: "MeshwasmError", code: "SIZE_LIMIT" });
  assert.equal((await gunzip(gzipSync(new Uint8Array(10)), 10)).length, 10);
  await assert.rejects(gunzip(gzipSync(new Uint8Array(11)), 10), { code: "SIZE_LIMIT" });
});

test("damage is refused", async () => {
  const packed = gzip(sample);
  const flipped = Uint8Array.from(packed);
  flipped[packed.length - 6] = (flipped[packed.length - 6] ?? 0) ^ 1;
  for (const bytes of [new Uint8Array(), sample, packed.subarray(0, 40), flipped]) {
    await assert.rejects(gunzip(bytes, 1_000_000), { name: "MeshwasmError", code: "ARCHIVE_INVALID" });
  }
});
