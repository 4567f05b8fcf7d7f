import { MeshwasmError } from "../errors.js";
import { fileAnnotationPrefix } from "./file-annotations.js";

/**
 * What an artifact says about itself, as `org.opencontainers.image.*` annotations. An absent or empty member
 * writes no annotation.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys.
 */
export interface ArtifactMetadata {
  title?: string | undefined;
  version?: string | undefined;
  description?: string | undefined;
  /** An SPDX expression. */
  licenses?: string | undefined;
  /** URL of the source code. */
  source?: string | undefined;
  /** The commit that it was built from. */
  revision?: string | undefined;
  url?: string | undefined;
  documentation?: string | undefined;
  authors?: string | undefined;
  vendor?: string | undefined;
  /** RFC 3339 time of creation. Absent: none is written, so that the digest depends on the content only. */
  created?: string | undefined;
}

/** Marks the one-layer image of the Wasm image specification. */
export const variantAnnotation = "module.wasm.image/variant";

const keys = [
  "title",
  "version",
  "description",
  "licenses",
  "source",
  "revision",
  "url",
  "documentation",
  "authors",
  "vendor",
  "created",
] as const satisfies readonly (keyof ArtifactMetadata)[];

/** Annotation keys that the layouts write, and nobody else. */
const reserved = [variantAnnotation, "module.wasm.runtime/type", "module.wasm.runtime/abi_version"];

/**
 * The manifest's annotations, sorted by key so that the bytes do not depend on the order they were given in.
 * `input.annotations` win over `input.metadata`; `own` are what the layout itself writes.
 * @throws MeshwasmError INPUT_INVALID for an empty key, one with white space, one that belongs to a layout, or a
 *   `created` that is no RFC 3339 time.
 */
export function buildAnnotations(
  input: {
    metadata?: ArtifactMetadata | undefined;
    annotations?: Readonly<Record<string, string>> | undefined;
  },
  own: ReadonlyMap<string, string>,
): Record<string, string> {
  const all = new Map(own);
  for (const key of keys) {
    const value = input.metadata?.[key];
    if (value !== undefined && value !== "") all.set(`org.opencontainers.image.${key}`, value);
  }
  for (const [key, value] of Object.entries(input.annotations ?? {})) {
    if (!/^[\x21-\x7e]{1,256}$/.test(key))
      throw invalid(`annotation key ${JSON.stringify(key)} is not valid`);
    if (typeof value !== "string") throw invalid(`annotation ${JSON.stringify(key)} is no string`);
    if (reserved.includes(key) || key.startsWith(fileAnnotationPrefix)) {
      throw invalid(`annotation ${key} is written by the layout itself`);
    }
    all.set(key, value);
  }
  const created = all.get("org.opencontainers.image.created");
  if (created !== undefined && !isTime(created)) {
    throw invalid(`created ${JSON.stringify(created)} is no RFC 3339 time, e.g. 2026-01-31T12:00:00Z`);
  }
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isTime(text: string): boolean {
  const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
  return pattern.test(text) && !Number.isNaN(Date.parse(text));
}

function invalid(message: string): MeshwasmError {
  return new MeshwasmError("INPUT_INVALID", message);
}
