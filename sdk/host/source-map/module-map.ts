import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MeshwasmError } from "../errors.js";
import { SourcePlaces } from "./source-places.js";

/**
 * The field of a source map that says for which module it is: the SHA-256 of the module's bytes, in hexadecimal. Names that
 * begin with `x_` are the extensions that the format allows. https://tc39.es/ecma426/
 */
const moduleHash = "x_module_sha256";

/** The source map of a module, with the module's hash in it. */
export function bindSourceMap(sourceMap: string, wasm: Uint8Array): string {
  const map = JSON.parse(sourceMap) as object;
  return JSON.stringify({ ...map, [moduleHash]: sha256(wasm) });
}

/**
 * Places by a source map; undefined without one, or when it says that it is for another module.
 *
 * @throws MeshwasmError `USAGE` when it is no source map
 */
export function sourcePlaces(wasm: Uint8Array, sourceMap: string | undefined): SourcePlaces | undefined {
  if (sourceMap === undefined) return undefined;
  try {
    const map = JSON.parse(sourceMap) as Record<string, unknown>;
    const hash = map[moduleHash];
    return hash === undefined || hash === sha256(wasm) ? new SourcePlaces(sourceMap, wasm) : undefined;
  } catch (cause) {
    throw new MeshwasmError("USAGE", `the source map cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: "build the filter again, or remove its .map file",
    });
  }
}

/** The source map in the file beside a module's; undefined when there is none. */
export function mapBeside(wasm: string | URL): string | undefined {
  const path = typeof wasm === "string" ? wasm : fileURLToPath(wasm);
  try {
    return readFileSync(`${path}.map`, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
