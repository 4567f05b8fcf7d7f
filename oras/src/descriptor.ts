import { digestProblem } from "./digest.js";
import { MeshwasmError } from "./errors.js";
import { asObject, asStringMap } from "./json.js";

/**
 * What is known of a blob before it is fetched.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md.
 */
export interface Descriptor {
  mediaType: string;
  /** `sha256:<hex>` or `sha512:<hex>`. */
  digest: string;
  /** Bytes. */
  size: number;
  /** Absent: none. */
  annotations?: Record<string, string>;
  /** What kind of artifact a referrer is; absent for layers and configs. */
  artifactType?: string;
}

/** Bytes together with what describes them. */
export interface Blob {
  descriptor: Descriptor;
  bytes: Uint8Array;
}

// The grammar of RFC 6838, section 4.2.
const mediaTypePattern = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

/** True when the text is a media type without parameters, as descriptors hold it. */
export function isMediaType(text: string): boolean {
  return mediaTypePattern.test(text);
}

/**
 * Checks a descriptor that somebody else wrote and keeps only the known fields.
 * @param where names the place for the message, e.g. `the manifest's layers[0]`.
 * @throws MeshwasmError MANIFEST_INVALID.
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const object = asObject(value, where);
  const { mediaType, digest, size } = object;
  if (typeof mediaType !== "string" || !isMediaType(mediaType))
    throw invalid(where, "has no valid mediaType");
  if (typeof digest !== "string") throw invalid(where, "has no digest");
  const problem = digestProblem(digest);
  if (problem) throw invalid(where, `has a digest that ${problem}`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(where, "has no valid size");
  }
  const descriptor: Descriptor = { mediaType, digest, size };
  if (object.annotations !== undefined) {
    descriptor.annotations = asStringMap(object.annotations, `${where}.annotations`);
  }
  if (typeof object.artifactType === "string") descriptor.artifactType = object.artifactType;
  return descriptor;
}

function invalid(where: string, problem: string): MeshwasmError {
  return new MeshwasmError("MANIFEST_INVALID", `${where} ${problem}`);
}
