import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { packCompat, push } from "@meshwasm/oras";
import { type Fault, startRegistry } from "@meshwasm/oras/registry";
import {
  emptyWasm,
  gzipBomb,
  type HostileArtifact,
  hostileTar,
  imageOf,
  putHostile,
} from "../../oras/src/testing/hostile.js";
import { temporaryFolder } from "./filter-folder.js";
import { type Ended, root, runCli } from "./run-cli.js";

const preload = ["--import", `${root}/test/cli/peak-memory.mjs`];
const megabytes = 1024 ** 2;
const big = imageOf(Buffer.alloc(60 * megabytes, 7));
const plugin = { name: "plugin.wasm", bytes: emptyWasm };
const bomb = imageOf(gzipBomb(10 * 1024 * megabytes));
const lying = hostileTar([{ ...plugin, size: 8 * 1024 ** 3 - 1 }]);

const mediaType = "application/vnd.oci.image.manifest.v1+json";
const many = JSON.stringify({
  schemaVersion: 2,
  mediaType,
  config: big.blobs[0]?.descriptor,
  layers: Array.from({ length: 10_000 }, () => big.blobs[1]?.descriptor),
});
const larger = hostileTar([
  { name: "pax", type: "x", bytes: Buffer.from("20 size=10737418240\n") },
  { name: "plugin.wasm", bytes: emptyWasm },
]);

const refused: { name: string; artifact: HostileArtifact; when?: string; fault?: Fault; code: string }[] = [
  {
    name: "a manifest of 100 MB",
    artifact: big,
    when: "GET /manifests/",
    fault: { type: "body", body: new Uint8Array(100_000_000) },
    code: "SIZE_LIMIT",
  },
  {
    name: "an endless manifest",
    artifact: big,
    when: "GET /manifests/",
    fault: { type: "endless" },
    code: "SIZE_LIMIT",
  },
  {
    name: "a corrupted layer of 60 MB",
    artifact: big,
    when: "GET /blobs/",
    fault: { type: "corrupt" },
    code: "DIGEST_MISMATCH",
  },
  {
    name: "a layer that never ends",
    artifact: big,
    when: "GET /blobs/",
    fault: { type: "endless" },
    code: "SIZE_MISMATCH",
  },
  {
    name: "10,000 layers",
    artifact: big,
    when: "GET /manifests/",
    // Without the digest that the right answer would name.
    fault: { type: "status", status: 200, headers: { "content-type": mediaType }, body: many },
    code: "SIZE_LIMIT",
  },
  { name: "a layer of 60 MB that is no gzip", artifact: big, code: "ARCHIVE_INVALID" },
  { name: "10 MB that unpack to 10 GB", artifact: bomb, code: "SIZE_LIMIT" },
  { name: "1 kB that says it is 8 GB", artifact: imageOf(gzipSync(lying), lying), code: "ARCHIVE_INVALID" },
  {
    name: "1 kB that says it is 10 GB",
    artifact: imageOf(gzipSync(larger), larger),
    code: "ARCHIVE_INVALID",
  },
];

for (const { name, artifact, when, fault, code } of refused) {
  test(`a refused pull stays below 150 MB: ${name}`, async (t) => {
    let isActive = false;
    const registry = await startRegistry({
      faults: ({ method, path }) => {
        const [wanted, part = ""] = (when ?? "none").split(" ");
        // Of the blobs only the big one: the config is read first.
        const isConfig =
          artifact.blobs[0] !== undefined && path.endsWith(artifact.blobs[0].descriptor.digest);
        return isActive && method === wanted && path.includes(part) && !isConfig ? fault : undefined;
      },
    });
    t.after(() => registry.close());
    await putHostile(`${registry.host}/a:1`, artifact);
    isActive = true;
    const out = await temporaryFolder(t);
    const ended = await runCli(["pull", `${registry.host}/a:1`, "-o", out, "--json"], { nodeArgs: preload });
    assert.notEqual(ended.code, 0, ended.all);
    assert.equal(JSON.parse(ended.stdout).error.code, code, ended.all);
    assertPeak(ended, 150);
  });
}

test("a pull of an ordinary filter stays below 150 MB", async (t) => {
  const registry = await startRegistry();
  t.after(() => registry.close());
  await push(packCompat({ wasm: emptyWasm }), [`${registry.host}/a:1`]);
  const out = join(await temporaryFolder(t), "out");
  const ended = await runCli(["pull", `${registry.host}/a:1`, "-o", out], { nodeArgs: preload });
  assert.equal(ended.code, 0, ended.all);
  assertPeak(ended, 150);
});

function assertPeak(ended: Ended, limit: number): void {
  const peak = Number(/peak memory (\d+) KiB/.exec(ended.stderr)?.[1]) / 1024;
  assert.ok(peak > 0 && peak <= limit, `${peak.toFixed(0)} MB, more than ${limit}\n${ended.all}`);
  if (process.env.MESHWASM_SHOW_MEMORY) console.log(`peak memory ${peak.toFixed(0)} MB`);
}
