import { gzip } from "../archive/gzip.js";
import { type TarFile, writeTar } from "../archive/tar-write.js";
import type { Blob } from "../descriptor.js";
import { digestOf } from "../digest.js";
import { MeshwasmError } from "../errors.js";
import { encodeJson } from "../json.js";
import type { Manifest } from "../manifest.js";
import { mediaTypes } from "../media-types.js";
import { type ArtifactMetadata, buildAnnotations } from "./annotations.js";
import { type CompanionFile, companionFiles, isWasm, wasmFile } from "./files.js";
import { encodeImageConfig, parseImageConfig } from "./image-config.js";
import { type Consumer, loadableBy } from "./loadable-by.js";

/** What {@link packCompat} packs. */
export interface CompatInput {
  /** The module, unchanged. */
  wasm: Uint8Array;
  /** Companion files by name, in any order. Absent: none. */
  files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Absent: no `org.opencontainers.image.*` annotation. */
  metadata?: ArtifactMetadata | undefined;
  /** Further annotations of the manifest; they win over `metadata`. Absent: none. */
  annotations?: Readonly<Record<string, string>> | undefined;
}

/** An artifact in memory, ready to push. */
export interface PackedArtifact {
  manifest: Manifest;
  /** The very bytes that are pushed; `digest` is theirs. */
  manifestBytes: Uint8Array;
  mediaType: string;
  digest: string;
  config: Blob;
  layers: Blob[];
  /** Digest of the module alone, which Envoy and the node's store pin. */
  wasmDigest: string;
  loadableBy: Consumer[];
}

/**
 * Packs a filter as the default artifact: an OCI image of one `tar+gzip` layer with `plugin.wasm` first, then
 * `filter.yaml`, `config.schema.json` and `README.md` where given, and a real image config. The same input gives
 * the same bytes on every machine and Node version.
 * See https://github.com/solo-io/wasm/blob/master/spec/spec-compat.md and
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md.
 * @throws MeshwasmError INPUT_INVALID when `wasm` is no WebAssembly module, a file has another name, or an
 *   annotation is not valid.
 */
export function packCompat(input: CompatInput): PackedArtifact {
  if (!isWasm(input.wasm)) throw new MeshwasmError("INPUT_INVALID", "the module is not WebAssembly");
  const files = layerFiles(input.wasm, input.files ?? new Map());
  const annotations = buildAnnotations(input.metadata ?? {}, input.annotations ?? {});
  const tar = writeTar(files);
  const layer = blob(mediaTypes.ociLayerGzip, gzip(tar));
  // ORAS clients write a layer to the file that its title names, and skip a layer without one.
  layer.descriptor.annotations = { "org.opencontainers.image.title": "plugin.tar.gz" };
  const created = annotations["org.opencontainers.image.created"];
  const config = blob(mediaTypes.ociConfig, encodeImageConfig([digestOf(tar)], created));
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: config.descriptor,
    layers: [layer.descriptor],
    annotations,
  };
  const manifestBytes = encodeJson(manifest);
  return {
    manifest,
    manifestBytes,
    mediaType: manifest.mediaType,
    digest: digestOf(manifestBytes),
    config,
    layers: [layer],
    wasmDigest: digestOf(input.wasm),
    loadableBy: loadableBy({
      manifest,
      config: parseImageConfig(config.bytes),
      layerFiles: files.map(({ name, bytes }) => ({ name, size: bytes.length })),
    }),
  };
}

function layerFiles(wasm: Uint8Array, given: ReadonlyMap<string, Uint8Array>): TarFile[] {
  for (const name of given.keys()) {
    if (!companionFiles.includes(name as CompanionFile)) {
      throw new MeshwasmError("INPUT_INVALID", `a filter's artifact has no file ${JSON.stringify(name)}`, {
        hint: `it holds ${wasmFile}, ${companionFiles.join(", ")}`,
      });
    }
  }
  const companions = companionFiles.flatMap((name) => {
    const bytes = given.get(name);
    return bytes ? [{ name, bytes }] : [];
  });
  return [{ name: wasmFile, bytes: wasm }, ...companions];
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}
