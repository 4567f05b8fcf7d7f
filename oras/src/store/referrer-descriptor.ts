import { type Descriptor, parseDescriptor } from "../descriptor.js";
import { asObject, asStringMap, parseJson } from "../json.js";

/** What a manifest says about itself as a referrer. */
export interface Referrer {
  /** As lists of referrers hold it: with the artifact type and the annotations of the manifest. */
  descriptor: Descriptor;
  /** Digest of what it refers to; absent: it is no referrer. */
  subject?: string;
}

/**
 * Describes a manifest or index as the referrers API does: without an `artifactType` of its own, the media type of
 * its config counts.
 * See https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers.
 * @param descriptor media type, digest and size of `bytes`.
 * @throws MeshwasmError MANIFEST_INVALID.
 */
export function describeReferrer(descriptor: Descriptor, bytes: Uint8Array): Referrer {
  const object = asObject(parseJson(bytes, "the manifest"), "the manifest");
  const { mediaType, digest, size } = descriptor;
  const described: Descriptor = { mediaType, digest, size };
  const artifactType =
    object.artifactType ?? (object.config as { mediaType?: unknown } | null | undefined)?.mediaType;
  if (typeof artifactType === "string" && artifactType !== "") described.artifactType = artifactType;
  if (object.annotations !== undefined && object.annotations !== null) {
    described.annotations = asStringMap(object.annotations, "the manifest's annotations");
  }
  if (object.subject === undefined || object.subject === null) return { descriptor: described };
  return { descriptor: described, subject: parseDescriptor(object.subject, "the manifest's subject").digest };
}
