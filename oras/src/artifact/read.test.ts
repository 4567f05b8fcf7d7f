import assert from "node:assert/strict";
import { test } from "node:test";
import { gzip } from "../archive/gzip.js";
import { writeTar } from "../archive/tar-write.js";
import { digestOf } from "../digest.js";
import { encodeJson } from "../json.js";
import type { Manifest } from "../manifest.js";
import { mediaTypes } from "../media-types.js";
import { packCompat } from "./pack-compat.js";
import { type ArtifactBytes, readArtifact } from "./read.js";

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9);
const yaml = new TextEncoder().encode("name: hello\n");

test("what is packed is read back", async () => {
  const { manifest, config, layers } = packCompat({ wasm, files: new Map([["filter.yaml", yaml]]) });
  const content = await readArtifact({ manifest, config: config.bytes, layer: layers[0]?.bytes ?? wasm });
  assert.deepEqual(content.wasm, wasm);
  assert.equal(content.wasmDigest, digestOf(wasm));
  assert.deepEqual(content.files, new Map([["filter.yaml", yaml]]));
  assert.equal(content.imageConfig?.os, "linux");
});

test("a raw Wasm layer is read", async () => {
  const empty = encodeJson({});
  for (const mediaType of [mediaTypes.wasmeContent, mediaTypes.cncfLayer, mediaTypes.wasmToOciContent]) {
    const content = await readArtifact(artifactOf(wasm, empty, mediaType, mediaTypes.ociEmpty));
    assert.deepEqual([content.wasm, content.files.size, content.layerFiles], [wasm, 0, undefined]);
  }
});

test("artifacts that contradict themselves are refused", async (t) => {
  const tar = writeTar([{ name: "plugin.wasm", bytes: wasm }]);
  const good = artifactOf(gzip(tar), imageConfig([digestOf(tar)]));
  const text = writeTar([{ name: "plugin.wasm", bytes: yaml }]);
  const two = writeTar([
    { name: "a/plugin.wasm", bytes: wasm },
    { name: "plugin.wasm", bytes: wasm },
  ]);
  const other = writeTar([{ name: "filter.wasm", bytes: wasm }]);
  const { manifest } = good;
  const table: [string, ArtifactBytes, string, RegExp][] = [
    ["a shorter layer", { ...good, layer: good.layer.subarray(1) }, "SIZE_MISMATCH", /layer has \d+ bytes/],
    ["a changed layer", { ...good, layer: changed(good.layer) }, "DIGEST_MISMATCH", /layer is not sha256/],
    ["a changed config", { ...good, config: changed(good.config) }, "DIGEST_MISMATCH", /config is not/],
    ["another diff_id", artifactOf(gzip(tar), imageConfig([digestOf(wasm)])), "DIGEST_MISMATCH", /diff_id/],
    [
      "two diff_ids",
      artifactOf(gzip(tar), imageConfig([digestOf(tar), digestOf(tar)])),
      "ARTIFACT_INVALID",
      /2 diff_ids for 1/,
    ],
    ["no diff_ids", artifactOf(gzip(tar), encodeJson({})), "ARTIFACT_INVALID", /no valid rootfs/],
    ["a config that is no JSON", artifactOf(gzip(tar), yaml), "MANIFEST_INVALID", /not JSON/],
    ["no layers", { ...good, manifest: { ...manifest, layers: [] } }, "ARTIFACT_INVALID", /no layers/],
    [
      "a zstd layer",
      artifactOf(gzip(tar), encodeJson({}), mediaTypes.ociLayerZstd),
      "ARTIFACT_INVALID",
      /holds no filter/,
    ],
    [
      "no plugin.wasm",
      artifactOf(gzip(other), imageConfig([digestOf(other)])),
      "ARTIFACT_INVALID",
      /no plugin\.wasm/,
    ],
    [
      "two plugin.wasm",
      artifactOf(gzip(two), imageConfig([digestOf(two)])),
      "ARTIFACT_INVALID",
      /several plugin\.wasm/,
    ],
    [
      "no WebAssembly",
      artifactOf(gzip(text), imageConfig([digestOf(text)])),
      "ARTIFACT_INVALID",
      /not WebAssembly/,
    ],
    ["no gzip", artifactOf(tar, imageConfig([digestOf(tar)])), "ARCHIVE_INVALID", /no valid gzip/],
    [
      "no tar",
      artifactOf(gzip(wasm), imageConfig([digestOf(wasm)])),
      "ARCHIVE_INVALID",
      /tar archive is refused/,
    ],
  ];
  for (const [name, artifact, code, message] of table) {
    await t.test(name, () =>
      assert.rejects(readArtifact(artifact), { name: "MeshwasmError", code, message }),
    );
  }
});

test("several raw modules are refused", async () => {
  const artifact = artifactOf(wasm, encodeJson({}), mediaTypes.cncfLayer, mediaTypes.ociEmpty);
  const layers = [...artifact.manifest.layers, ...artifact.manifest.layers];
  await assert.rejects(readArtifact({ ...artifact, manifest: { ...artifact.manifest, layers } }), {
    code: "ARTIFACT_INVALID",
  });
});

test("the unpacked size is bounded", async () => {
  const tar = writeTar([{ name: "plugin.wasm", bytes: wasm }]);
  const artifact = artifactOf(gzip(tar), imageConfig([digestOf(tar)]));
  await assert.rejects(readArtifact(artifact, { maxUnpackedBytes: 1000 }), { code: "SIZE_LIMIT" });
});

function artifactOf(
  layer: Uint8Array,
  config: Uint8Array,
  layerType: string = mediaTypes.ociLayerGzip,
  configType: string = mediaTypes.ociConfig,
): ArtifactBytes & { layer: Uint8Array } {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: layerType, digest: digestOf(layer), size: layer.length }],
  };
  return { manifest, config, layer };
}

function imageConfig(diffIds: string[]): Uint8Array {
  return encodeJson({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: diffIds } });
}

function changed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === 3 ? byte ^ 1 : byte));
}
