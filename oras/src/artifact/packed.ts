import type { Blob } from "../descriptor.js";
import { digestOf } from "../digest.js";
import { encodeJson } from "../json.js";
import type { Manifest } from "../manifest.js";
import { mediaTypes } from "../media-types.js";
import type { Consumer } from "./loadable-by.js";

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

/** Bytes with their descriptor; `title` is the file name under which ORAS clients save a layer. */
export function blobOf(mediaType: string, bytes: Uint8Array, title?: string): Blob {
  const annotations = title === undefined ? {} : { annotations: { "org.opencontainers.image.title": title } };
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length, ...annotations }, bytes };
}

/** A manifest around blobs, its members in the order in which they are hashed. */
export function encodeManifest(
  config: Blob,
  layers: readonly Blob[],
  annotations: Record<string, string>,
): Pick<PackedArtifact, "manifest" | "manifestBytes" | "mediaType" | "digest"> {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations,
  };
  const manifestBytes = encodeJson(manifest);
  return { manifest, manifestBytes, mediaType: manifest.mediaType, digest: digestOf(manifestBytes) };
}
