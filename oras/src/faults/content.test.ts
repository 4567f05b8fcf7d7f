import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { blobOf } from "../artifact/packed.js";
import { encodeJson } from "../json.js";
import { mediaTypes } from "../media-types.js";
import { pull } from "../pull.js";
import { startRegistry } from "../registry/index.js";
import {
  emptyWasm,
  gzipBomb,
  type HostileArtifact,
  type HostileEntry,
  hostileTar,
  imageOf,
  putHostile,
} from "../testing/hostile.js";
import { expectRefused, type Refusal } from "./expect-refused.js";

const plugin: HostileEntry = { name: "plugin.wasm", bytes: emptyWasm };
const tarOf = (...entries: HostileEntry[]): HostileArtifact => {
  const tar = hostileTar(entries);
  return imageOf(gzipSync(tar), tar);
};
const config = blobOf(mediaTypes.ociConfig, encodeJson({}));
const manyLayers = encodeJson({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: config.descriptor,
  layers: Array.from({ length: 10_000 }, () => config.descriptor),
});

/** Every fault of an artifact itself by its name: all digests and sizes are right. */
const table: (Refusal & { name: string; artifact: HostileArtifact })[] = [
  {
    name: "10,000 layers",
    artifact: { blobs: [config], manifestBytes: manyLayers },
    code: "SIZE_LIMIT",
    message: /10000 layers; the limit is 512/,
  },
  {
    name: "a path with ..",
    artifact: tarOf(plugin, { name: "../../etc/cron.d/x" }),
    code: "ARCHIVE_INVALID",
    message: /'\.\.' component/,
  },
  {
    name: "an absolute path",
    artifact: tarOf(plugin, { name: "/etc/passwd" }),
    code: "ARCHIVE_INVALID",
    message: /is absolute/,
  },
  {
    name: "a symbolic link",
    artifact: tarOf({ name: "plugin.wasm", type: "2" }),
    code: "ARCHIVE_INVALID",
    message: /a symbolic link/,
  },
  {
    name: "a hard link",
    artifact: tarOf(plugin, { name: "x", type: "1" }),
    code: "ARCHIVE_INVALID",
    message: /a hard link/,
  },
  {
    name: "a device",
    artifact: tarOf(plugin, { name: "sda", type: "4" }),
    code: "ARCHIVE_INVALID",
    message: /a block device/,
  },
  {
    name: "a character device",
    artifact: tarOf(plugin, { name: "tty", type: "3" }),
    code: "ARCHIVE_INVALID",
    message: /a character device/,
  },
  {
    name: "a named pipe",
    artifact: tarOf(plugin, { name: "pipe", type: "6" }),
    code: "ARCHIVE_INVALID",
    message: /a named pipe/,
  },
  {
    name: "a sparse file",
    artifact: tarOf({ name: "plugin.wasm", type: "S" }),
    code: "ARCHIVE_INVALID",
    message: /a sparse file/,
  },
  {
    name: "a sparse file in the way of pax",
    artifact: tarOf(
      { name: "pax", type: "x", bytes: Buffer.from("22 GNU.sparse.major=1\n") },
      { name: "plugin.wasm", bytes: emptyWasm },
    ),
    code: "ARCHIVE_INVALID",
    message: /a sparse file/,
  },
  {
    name: "a name twice",
    artifact: tarOf(plugin, { name: "./plugin.wasm", bytes: emptyWasm }),
    code: "ARCHIVE_INVALID",
    message: /"plugin.wasm" twice/,
  },
  {
    name: "1 kB that says it is 8 GB",
    artifact: tarOf({ name: "plugin.wasm", size: 8 * 1024 ** 3 - 1 }),
    code: "ARCHIVE_INVALID",
    message: /longer than the archive/,
  },
  {
    name: "1 kB that says it is 10 GB",
    artifact: tarOf({ name: "pax", type: "x", bytes: Buffer.from("20 size=10737418240\n") }, plugin),
    code: "ARCHIVE_INVALID",
    message: /longer than the archive/,
  },
  {
    name: "5,000 files",
    artifact: tarOf(plugin, ...Array.from({ length: 5_000 }, (_, index) => ({ name: `f${index}` }))),
    code: "SIZE_LIMIT",
    message: /more than 1024 entries/,
  },
  {
    name: "a gzip that unpacks to 10 GB",
    artifact: imageOf(gzipBomb(10 * 1024 ** 3)),
    code: "SIZE_LIMIT",
    message: /unpacks to more than 67108864 bytes/,
  },
  {
    name: "a gzip cut short",
    artifact: imageOf(gzipSync(hostileTar([plugin])).subarray(0, 60)),
    code: "ARCHIVE_INVALID",
    message: /no valid gzip/,
  },
  {
    name: "a tar that is not the one of its diff_id",
    artifact: imageOf(gzipSync(hostileTar([plugin])), emptyWasm),
    code: "DIGEST_MISMATCH",
    message: /other bytes than its diff_id/,
  },
];

for (const { name, artifact, code, message } of table) {
  test(`${name}: refused with a name and a hint`, async () => {
    const registry = await startRegistry({ maxBodyBytes: 1024 ** 3 });
    try {
      // Its own registry is as strict, so that the manifest is served by a fault.
      const { manifestBytes, ...rest } = artifact;
      await putHostile(`${registry.host}/a:1`, rest);
      const served = manifestBytes === undefined ? registry : await serving(manifestBytes);
      await expectRefused(() => pull(`${served.host}/a:1`), { code, message });
      if (served !== registry) await served.close();
    } finally {
      await registry.close();
    }
  });
}

test("the same artifact without its fault is pulled", async () => {
  const registry = await startRegistry();
  await putHostile(`${registry.host}/a:1`, tarOf(plugin, { name: "filter.yaml" }));
  assert.deepEqual((await pull(`${registry.host}/a:1`)).wasm, emptyWasm);
  await registry.close();
});

function serving(manifest: Uint8Array) {
  const headers = { "content-type": mediaTypes.ociManifest };
  return startRegistry({
    faults: [{ when: "GET /manifests/", fault: { type: "status", status: 200, headers, body: manifest } }],
  });
}
