import { blobOf } from "./artifact/packed.js";
import { isMediaType } from "./descriptor.js";
import { digestOf } from "./digest.js";
import { MeshwasmError } from "./errors.js";
import { encodeJson } from "./json.js";
import { parseManifestOrIndexType } from "./manifest-type.js";
import { mediaTypes } from "./media-types.js";
import { formatReference, parseReference, referenceTarget, withTarget } from "./reference.js";
import type { RemoteOptions } from "./remote/options.js";
import { openStore } from "./store/open.js";
import { putReferrer } from "./store/referrers-index.js";

/** What {@link attach} attaches. */
export interface Attachment {
  /** What it is, as a media type: `application/vnd.cyclonedx+json`. */
  artifactType: string;
  /** Its content, each with a media type and a file name; absent name: none. */
  layers: readonly { mediaType: string; bytes: Uint8Array; title?: string | undefined }[];
  /** Annotations of the manifest; lists of referrers show them. Absent: none. */
  annotations?: Readonly<Record<string, string>> | undefined;
}

/** What was attached. */
export interface AttachResult {
  /** The referrer by digest. */
  ref: string;
  /** Digest of the referrer's manifest. */
  digest: string;
  /** Digest of what it refers to. */
  subject: string;
}

/**
 * Pushes an artifact that refers to another one in the same repository or layout. The same input gives the same
 * bytes, so attaching twice changes nothing.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage.
 * @throws MeshwasmError REFERENCE_INVALID, INPUT_INVALID for a type that is no media type or no content, NOT_FOUND,
 *   and those of the store.
 */
export async function attach(
  reference: string,
  attachment: Attachment,
  options: RemoteOptions = {},
): Promise<AttachResult> {
  const parsed = parseReference(reference);
  check(attachment);
  const { artifactType, annotations = {} } = attachment;
  const config = blobOf(mediaTypes.ociEmpty, new TextEncoder().encode("{}"));
  const layers = attachment.layers.map(({ mediaType, bytes, title }) => blobOf(mediaType, bytes, title));
  const store = openStore(parsed, "pull,push", options);
  try {
    const subject = await store.getManifest(referenceTarget(parsed));
    const mediaType = parseManifestOrIndexType(subject.bytes, subject.mediaType);
    const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
    const bytes = encodeJson({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
      subject: { mediaType, digest: subject.digest, size: subject.bytes.length },
      ...(sorted.length > 0 ? { annotations: Object.fromEntries(sorted) } : {}),
    });
    const digest = digestOf(bytes);
    for (const blob of [config, ...layers]) await store.putBlob(blob.descriptor, blob.bytes);
    await putReferrer(store, mediaTypes.ociManifest, bytes, digest);
    return { ref: formatReference(withTarget(parsed, { digest })), digest, subject: subject.digest };
  } finally {
    await store.close();
  }
}

function check({ artifactType, layers }: Attachment): void {
  const wrong = [artifactType, ...layers.map(({ mediaType }) => mediaType)].find(
    (type) => !isMediaType(type),
  );
  if (wrong !== undefined) {
    throw new MeshwasmError("INPUT_INVALID", `${JSON.stringify(wrong)} is no media type`);
  }
  if (layers.length === 0) throw new MeshwasmError("INPUT_INVALID", "an attachment without content");
}
