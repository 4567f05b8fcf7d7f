import { gunzip } from "../archive/gzip.js";
import { readTar } from "../archive/tar-read.js";
import type { TarFile } from "../archive/tar-write.js";
import type { Descriptor } from "../descriptor.js";
import { digestOf, matchesDigest } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { Manifest } from "../manifest.js";
import { isImageConfigType } from "../media-types.js";
import { readBounded } from "../remote/body.js";
import type { BlobContent } from "../store/store.js";
import { filesFromAnnotations } from "./file-annotations.js";
import { isWasm, wasmFile } from "./files.js";
import { type ImageConfig, parseImageConfig } from "./image-config.js";
import { layoutOf } from "./layout.js";

/** What {@link readArtifact} reads from. */
export interface ArtifactBytes {
  manifest: Manifest;
  /** Bytes of the manifest's config. */
  config: Uint8Array;
  /** The layer that {@link layoutOf} names, as transferred: its bytes, or a stream that was checked already. */
  layer: BlobContent;
}

/** Bounds of {@link readArtifact}. */
export interface ReadArtifactOptions {
  /** Bytes of the layer unpacked. Absent: 64 MiB. */
  maxUnpackedBytes?: number | undefined;
}

/** A filter taken out of its artifact. */
export interface ArtifactContent {
  wasm: Uint8Array;
  /** `sha256:<hex>` of the module alone. */
  wasmDigest: string;
  /** All other files of the layer by path; those in annotations when the module is a layer of its own. */
  files: Map<string, Uint8Array>;
  /** Every file of a tar layer with its size, in order; absent when the module is a layer of its own. */
  layerFiles?: { name: string; size: number }[];
  /** Absent when the config is not that of an image. */
  imageConfig?: ImageConfig;
}

/**
 * Takes the module and its companion files out of fetched bytes. Everything is checked again: config and layer
 * against their descriptors, the unpacked layer against its diff_id, sizes before allocation. Nothing touches
 * the disk, and no returned path leaves a target folder.
 * @throws MeshwasmError SIZE_MISMATCH, DIGEST_MISMATCH, SIZE_LIMIT, ARCHIVE_INVALID, ARTIFACT_INVALID,
 *   MANIFEST_INVALID.
 */
export async function readArtifact(
  artifact: ArtifactBytes,
  options: ReadArtifactOptions = {},
): Promise<ArtifactContent> {
  const { manifest } = artifact;
  const layout = layoutOf(manifest);
  checkBytes("config", artifact.config, manifest.config);
  if (artifact.layer instanceof Uint8Array) checkBytes("layer", artifact.layer, layout.layer);
  const imageConfig = isImageConfigType(manifest.config.mediaType)
    ? { imageConfig: parseImageConfig(artifact.config) }
    : {};
  if (layout.kind === "raw") {
    return {
      ...moduleOf(await bytesOf(artifact.layer, layout.layer.size)),
      files: filesFromAnnotations(manifest),
      ...imageConfig,
    };
  }
  const tar = await gunzip(artifact.layer, options.maxUnpackedBytes ?? limits.unpackedBytes);
  if (imageConfig.imageConfig) checkDiffId(imageConfig.imageConfig, manifest, layout.index, tar);
  const entries = readTar(tar);
  const [plugin, ...others] = entries.filter(({ name }) => name.split("/").at(-1) === wasmFile);
  if (!plugin) throw new MeshwasmError("ARTIFACT_INVALID", `the artifact's layer holds no ${wasmFile}`);
  // Who takes which differs: Istio the first, an image volume the one at the root.
  if (others.length > 0)
    throw new MeshwasmError("ARTIFACT_INVALID", `the artifact's layer holds several ${wasmFile}`);
  return {
    ...moduleOf(plugin.bytes),
    files: otherFiles(entries, plugin),
    layerFiles: entries.map(({ name, bytes }) => ({ name, size: bytes.length })),
    ...imageConfig,
  };
}

async function bytesOf(content: BlobContent, size: number): Promise<Uint8Array> {
  return content instanceof Uint8Array ? content : readBounded(content(), size, "the layer");
}

function checkBytes(what: string, bytes: Uint8Array, descriptor: Descriptor): void {
  if (bytes.length !== descriptor.size) {
    const sizes = `has ${bytes.length} bytes, its descriptor says ${descriptor.size}`;
    throw new MeshwasmError("SIZE_MISMATCH", `the artifact's ${what} ${sizes}`);
  }
  if (!matchesDigest(bytes, descriptor.digest)) {
    throw new MeshwasmError("DIGEST_MISMATCH", `the artifact's ${what} is not ${descriptor.digest}`);
  }
}

function checkDiffId(config: ImageConfig, manifest: Manifest, index: number, tar: Uint8Array): void {
  const diffId = config.diffIds[index];
  if (config.diffIds.length !== manifest.layers.length || diffId === undefined) {
    const counts = `${config.diffIds.length} diff_ids for ${manifest.layers.length} layers`;
    throw new MeshwasmError("ARTIFACT_INVALID", `the image config has ${counts}`);
  }
  if (!matchesDigest(tar, diffId)) {
    throw new MeshwasmError("DIGEST_MISMATCH", `the layer unpacks to other bytes than its diff_id ${diffId}`);
  }
}

function moduleOf(wasm: Uint8Array): { wasm: Uint8Array; wasmDigest: string } {
  if (!isWasm(wasm)) throw new MeshwasmError("ARTIFACT_INVALID", "the artifact's module is not WebAssembly");
  return { wasm, wasmDigest: digestOf(wasm) };
}

function otherFiles(entries: readonly TarFile[], plugin: TarFile): Map<string, Uint8Array> {
  return new Map(entries.filter((entry) => entry !== plugin).map(({ name, bytes }) => [name, bytes]));
}
