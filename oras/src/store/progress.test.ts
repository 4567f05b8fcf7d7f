import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { packCncf } from "../artifact/pack-cncf.js";
import { copy } from "../copy.js";
import { pull } from "../pull.js";
import { push } from "../push.js";
import { type FaultRule, startRegistry } from "../registry/index.js";
import { emptyWasm } from "../testing/hostile.js";
import { withTempFolder } from "../testing/temp-folder.js";
import type { BlobProgress } from "./progress.js";

const section = Buffer.from([0, 0x82, 0x80, 0x80, 1, 1, 0x78]);
const wasm = Buffer.concat([emptyWasm, section, Buffer.alloc(2 * 1024 * 1024, 7)]);
const artifact = packCncf({ wasm });
const blobs = new Map(
  [artifact.config, ...artifact.layers].map(({ descriptor }) => [descriptor.digest, descriptor.size]),
);

async function registryWith(t: TestContext, faults: FaultRule[] = []): Promise<string> {
  const registry = await startRegistry({ faults });
  t.after(() => registry.close());
  return `${registry.host}/a:1`;
}

/** Checks what a listener was told: every blob first, then upwards to its end; returns the pieces of the module. */
function checkTold(told: readonly BlobProgress[], expected: ReadonlyMap<string, number>): number {
  const announced = told.slice(0, expected.size);
  assert.deepEqual(new Map(announced.map(({ digest, size }) => [digest, size])), expected);
  assert.ok(announced.every(({ done }) => done === 0));
  for (const [digest, size] of expected) {
    const own = told.filter((each) => each.digest === digest);
    assert.equal(own.at(-1)?.done, size);
    for (const each of own) assert.ok(each.done >= 0 && each.done <= size && each.size === size);
  }
  const layer = told.filter(({ size, done }) => size > 2 * 1024 * 1024 && done > 0 && done < size);
  return layer.length;
}

test("push, copy and pull tell of every blob and of its pieces, and of what is there already", (t) =>
  withTempFolder(async (folder) => {
    const ref = await registryWith(t);
    const told: BlobProgress[] = [];
    const options = { onProgress: (progress: BlobProgress) => void told.push(progress) };
    await push(artifact, [ref], options);
    assert.ok(checkTold(told.splice(0), blobs) > 3);
    const mirror = `oci:${join(folder, "m")}:1`;
    await copy(ref, mirror, options);
    assert.ok(checkTold(told.splice(0), blobs) > 3);
    await copy(ref, mirror, { ...options, recursive: true });
    assert.deepEqual(told, []);
    assert.deepEqual((await pull(ref, options)).wasm, Uint8Array.from(wasm));
    const layer = artifact.layers.at(-1)?.descriptor;
    const wanted = [artifact.config.descriptor, layer].flatMap((each) => each ?? []);
    checkTold(told, new Map(wanted.map(({ digest, size }) => [digest, size])));
  }));

test("what begins anew is counted anew", async (t) => {
  const ref = await registryWith(t, [{ when: "PUT /blobs/", fault: { type: "drop" }, times: 1 }]);
  const told: BlobProgress[] = [];
  await push(artifact, [ref], { retryDelayMs: 1, onProgress: (progress) => void told.push(progress) });
  checkTold(told, blobs);
  assert.equal((await pull(ref)).digest, artifact.digest);
});
