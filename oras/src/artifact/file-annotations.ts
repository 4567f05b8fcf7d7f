import { MeshwasmError } from "../errors.js";
import { limits } from "../limits.js";
import type { Manifest } from "../manifest.js";
import { type CompanionFile, companionFiles } from "./files.js";

/**
 * Prefix of the annotations that carry the companion files of a layout whose layers are spoken for:
 * `io.meshwasm.file/filter.yaml`. Each value is the file's text, unchanged.
 */
export const fileAnnotationPrefix = "io.meshwasm.file/";

/**
 * The companion files as annotations of the manifest.
 * @throws MeshwasmError INPUT_INVALID when a file is not UTF-8, or all of them have more than 256 KiB.
 */
export function filesToAnnotations(
  files: readonly (readonly [CompanionFile, Uint8Array])[],
): Map<string, string> {
  const size = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  if (size > limits.fileAnnotationBytes) {
    throw new MeshwasmError(
      "INPUT_INVALID",
      `the companion files have ${size} bytes; as annotations they may have ${limits.fileAnnotationBytes}`,
      { hint: "leave README.md out, or use the compat format, which holds them in its layer" },
    );
  }
  return new Map(files.map(([name, bytes]) => [`${fileAnnotationPrefix}${name}`, textOf(name, bytes)]));
}

/** The companion files that a manifest carries as annotations; empty when there are none. */
export function filesFromAnnotations(manifest: Manifest): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  for (const name of companionFiles) {
    const key = `${fileAnnotationPrefix}${name}`;
    const annotations = manifest.annotations ?? {};
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (text !== undefined) files.set(name, encoder.encode(text));
  }
  return files;
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new MeshwasmError("INPUT_INVALID", `${name} is not UTF-8, so no annotation can hold it`, { cause });
  }
}
