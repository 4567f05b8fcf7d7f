import { MeshwasmError } from "../errors.js";
import type { ArtifactMetadata } from "./annotations.js";
import { type CompanionFile, companionFiles, isWasm, wasmFile } from "./files.js";

/** What is packed, in any format. */
export interface PackInput {
  /** The module, unchanged. */
  wasm: Uint8Array;
  /** Companion files by name, in any order. Absent: none. */
  files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Absent: no `org.opencontainers.image.*` annotation. */
  metadata?: ArtifactMetadata | undefined;
  /** Further annotations of the manifest; they win over `metadata`. Absent: none. */
  annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * Checks what every format needs, and puts the companion files into their fixed order.
 * @throws MeshwasmError INPUT_INVALID when `wasm` is no WebAssembly module or a file has another name.
 */
export function companionsOf(input: PackInput): [CompanionFile, Uint8Array][] {
  if (!isWasm(input.wasm)) throw new MeshwasmError("INPUT_INVALID", "the module is not WebAssembly");
  const given = input.files ?? new Map<string, Uint8Array>();
  for (const name of given.keys()) {
    if (!companionFiles.includes(name as CompanionFile)) {
      throw new MeshwasmError("INPUT_INVALID", `a filter's artifact has no file ${JSON.stringify(name)}`, {
        hint: `it holds ${wasmFile}, ${companionFiles.join(", ")}`,
      });
    }
  }
  return companionFiles.flatMap((name) => {
    const bytes = given.get(name);
    return bytes ? [[name, bytes] satisfies [CompanionFile, Uint8Array]] : [];
  });
}
