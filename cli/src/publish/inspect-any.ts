import { readFile } from "node:fs/promises";
import { digestOf, type InspectResult, inspect, type RemoteOptions } from "@meshwasm/oras";
import { type ModuleInfo, readModuleInfo } from "../build/module-info.js";
import { MeshwasmError } from "../errors.js";
import { kindOf, looksLikePath } from "./source-and-refs.js";

/** A module's facts. */
export interface InspectedWasm extends ModuleInfo {
  /** Digest of the module alone. */
  digest: string;
  bytes: number;
}

/** What `meshwasm inspect --json` prints: of a module on disk `path` and `wasm` only. */
export interface Inspection extends Partial<Omit<InspectResult, "wasm">> {
  path?: string;
  wasm?: InspectedWasm;
}

/**
 * Describes a module on disk, or an artifact in a registry.
 *
 * @throws MeshwasmError FILE_NOT_FOUND, MODULE_INVALID, and those of `inspect` of the OCI client
 */
export async function inspectAny(what: string, options: RemoteOptions): Promise<Inspection> {
  const kind = await kindOf(what);
  if (kind === "module") return { path: what, wasm: describeWasm(await readFile(what), what) };
  if (kind === "folder" || looksLikePath(what)) {
    throw new MeshwasmError("FILE_NOT_FOUND", `there is no module ${what}`, {
      hint: "name a .wasm file, or a reference such as registry.example.com/filters/hello:1.0.0",
    });
  }
  const { wasm, ...artifact } = await inspect(what, options);
  return { ...artifact, ...(wasm && { wasm: describeWasm(wasm.bytes, what) }) };
}

function describeWasm(wasm: Uint8Array, place: string): InspectedWasm {
  try {
    return { digest: digestOf(wasm), bytes: wasm.byteLength, ...readModuleInfo(wasm) };
  } catch (cause) {
    throw new MeshwasmError(
      "MODULE_INVALID",
      `${place} is no WebAssembly module: ${(cause as Error).message}`,
      { cause },
    );
  }
}
