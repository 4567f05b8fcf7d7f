import assert from "node:assert/strict";
import { test } from "node:test";
import type { Descriptor } from "../descriptor.js";
import type { Manifest } from "../manifest.js";
import { mediaTypes as m } from "../media-types.js";
import { type ArtifactFacts, type Consumer, loadableBy } from "./loadable-by.js";

const digest = `sha256:${"2".repeat(64)}`;
const plugin = [{ name: "plugin.wasm", size: 10 }];
const nested = [{ name: "some/dir/plugin.wasm", size: 10 }];
const renamed = [{ name: "filter.wasm", size: 10 }];
const huge = [{ name: "plugin.wasm", size: 256 * 1024 * 1024 + 1 }];
const volume: Consumer = "kubernetes-image-volume";
const mesh: Consumer[] = ["istio", "envoy-gateway"];

// Every line is one rule of a consumer's parser; the sources are named in loadable-by.ts.
const table: [string, ArtifactFacts, Consumer[]][] = [
  ["compat, one layer", facts([m.ociLayerGzip], { files: plugin }), [...mesh, volume]],
  ["compat, module in a folder", facts([m.ociLayerGzip], { files: nested }), [...mesh, volume]],
  ["compat, module under another name", facts([m.ociLayerGzip], { files: renamed }), [volume]],
  [
    "compat, module in the last of two layers",
    facts([m.ociLayerGzip, m.ociLayerGzip], { files: plugin }),
    [...mesh, volume],
  ],
  ["compat, zstd", facts([m.ociLayerZstd], { files: plugin }), [volume]],
  ["compat, uncompressed", facts([m.ociLayerTar], { files: plugin }), [volume]],
  ["compat, files unknown", facts([m.ociLayerGzip], {}), [volume]],
  ["compat, module over 256 MiB", facts([m.ociLayerGzip], { files: huge }), [volume]],
  [
    "compat, one diff_id for two layers",
    facts([m.ociLayerGzip, m.ociLayerGzip], { files: plugin, diffIds: 1 }),
    mesh,
  ],
  ["compat, image without an os", facts([m.ociLayerGzip], { files: plugin, os: "" }), [...mesh, volume]],
  ["compat, image for Windows", facts([m.ociLayerGzip], { files: plugin, os: "windows" }), mesh],
  ["compat, empty config", facts([m.ociLayerGzip], { config: m.ociEmpty, files: plugin }), mesh],
  [
    "Docker image",
    facts([m.dockerLayer], { manifest: m.dockerManifest, config: m.dockerConfig, files: plugin }),
    [...mesh, volume],
  ],
  [
    "Docker manifest with an OCI layer",
    facts([m.ociLayerGzip], { manifest: m.dockerManifest, files: plugin }),
    [volume],
  ],
  ["OCI manifest with a Docker layer", facts([m.dockerLayer], { files: plugin }), [volume]],
  [
    "wasme, two layers",
    facts([m.wasmeConfig, m.wasmeContent], { config: m.wasmeConfig }),
    [...mesh, "wasme"],
  ],
  [
    "wasme, content first",
    facts([m.wasmeContent, m.wasmeConfig], { config: m.wasmeConfig }),
    [...mesh, "wasme"],
  ],
  ["wasme, one layer", facts([m.wasmeContent], { config: m.wasmeConfig }), ["wasme"]],
  [
    "wasme, three layers",
    facts([m.wasmeContent, m.wasmeConfig, m.ociLayerTar], { config: m.wasmeConfig }),
    ["wasme"],
  ],
  ["wasme content without its config", facts([m.wasmeContent, m.ociLayerTar], { config: m.ociEmpty }), mesh],
  [
    "wasme in a Docker manifest",
    facts([m.wasmeContent, m.wasmeConfig], { manifest: m.dockerManifest, config: m.wasmeConfig }),
    ["wasme"],
  ],
  ["CNCF", facts([m.cncfLayer], { config: m.cncfConfig }), ["cncf"]],
  ["CNCF with two layers", facts([m.cncfLayer, m.cncfLayer], { config: m.cncfConfig }), []],
  ["CNCF layer with another config", facts([m.cncfLayer], { config: m.ociEmpty }), []],
  ["wasm-to-oci and kwctl", facts([m.wasmToOciContent], { config: m.wasmToOciConfig }), []],
  ["no layers", facts([], {}), []],
];

for (const [name, given, expected] of table) {
  test(name, () => assert.deepEqual(loadableBy(given), expected));
}

interface Given {
  manifest?: string;
  config?: string;
  files?: { name: string; size: number }[];
  diffIds?: number;
  os?: string;
}

function facts(layers: string[], given: Given): ArtifactFacts {
  const describe = (mediaType: string): Descriptor => ({ mediaType, digest, size: 10 });
  const configType = given.config ?? m.ociConfig;
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: given.manifest ?? m.ociManifest,
    config: describe(configType),
    layers: layers.map(describe),
  };
  const diffIds = Array.from({ length: given.diffIds ?? layers.length }, () => digest);
  const isImage = configType === m.ociConfig || configType === m.dockerConfig;
  const config = { architecture: "amd64", os: given.os ?? "linux", diffIds };
  return { manifest, ...(isImage ? { config } : {}), layerFiles: given.files };
}
