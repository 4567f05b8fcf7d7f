import { type Descriptor, parseDescriptor } from "./descriptor.js";
import { MeshwasmError } from "./errors.js";
import { asObject, asStringMap, parseJson } from "./json.js";
import { limits } from "./limits.js";
import { mediaTypeOf } from "./manifest-type.js";
import { isIndexType, mediaTypes } from "./media-types.js";

/**
 * An OCI image manifest or a Docker schema 2 manifest, which have the same shape.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md.
 */
export interface Manifest {
  schemaVersion: 2;
  mediaType: string;
  artifactType?: string;
  config: Descriptor;
  layers: Descriptor[];
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

/**
 * Parses a manifest that somebody else wrote: bounded, strict, known fields only.
 * @param contentType the media type that it was served with; absent: its own `mediaType` decides, else OCI.
 * @throws MeshwasmError SIZE_LIMIT over 4 MiB; MANIFEST_INVALID when malformed or when it contradicts
 *   `contentType`; ARTIFACT_INVALID for an index.
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): Manifest {
  if (bytes.length > limits.manifestBytes) {
    throw new MeshwasmError(
      "SIZE_LIMIT",
      `the manifest has ${bytes.length} bytes; the limit is ${limits.manifestBytes}`,
    );
  }
  const object = asObject(parseJson(bytes, "the manifest"), "the manifest");
  const mediaType = mediaTypeOf(object, contentType);
  if (isIndexType(mediaType) || object.manifests !== undefined) throw indexRefused(object);
  if (mediaType !== mediaTypes.ociManifest && mediaType !== mediaTypes.dockerManifest) {
    throw invalid(`has the media type ${mediaType}, which is no image manifest`);
  }
  if (object.schemaVersion !== 2) throw invalid("has no schemaVersion 2");
  if (!Array.isArray(object.layers)) throw invalid("has no list of layers");
  if (object.layers.length > limits.layers) {
    throw new MeshwasmError(
      "SIZE_LIMIT",
      `the manifest has ${object.layers.length} layers; the limit is ${limits.layers}`,
    );
  }
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType,
    config: parseDescriptor(object.config, "the manifest's config"),
    layers: object.layers.map((layer, index) => parseDescriptor(layer, `the manifest's layers[${index}]`)),
  };
  if (typeof object.artifactType === "string") manifest.artifactType = object.artifactType;
  if (object.subject !== undefined)
    manifest.subject = parseDescriptor(object.subject, "the manifest's subject");
  if (object.annotations !== undefined) {
    manifest.annotations = asStringMap(object.annotations, "the manifest's annotations");
  }
  return manifest;
}

function indexRefused(object: Record<string, unknown>): MeshwasmError {
  const entries = Array.isArray(object.manifests) ? object.manifests : [];
  const digests = entries.map((entry) => (entry as { digest?: unknown } | null)?.digest).filter(isShortText);
  return new MeshwasmError("ARTIFACT_INVALID", "the reference names an image index, not a single manifest", {
    hint: digests.length > 0 ? `name one of its manifests: @${digests.slice(0, 3).join(", @")}` : undefined,
  });
}

function isShortText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 140;
}

function invalid(problem: string): MeshwasmError {
  return new MeshwasmError("MANIFEST_INVALID", `the manifest ${problem}`);
}
