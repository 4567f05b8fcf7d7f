import { readFile } from "node:fs/promises";
import { mapBeside } from "@meshwasm/sdk/host";
import type { FilterManifest } from "../filter/manifest.js";

/** A built module under test, and how Envoy would be told of it. */
export interface TestedModule {
  wasm: Uint8Array;
  /** As JSON text; absent: traps are told by byte offsets. */
  sourceMap?: string;
  rootId: string;
  /** The plugin's name. */
  name: string;
}

/** Reads the module that `buildFilter` wrote. */
export async function readTestedModule(
  path: string,
  { rootId, name }: Pick<FilterManifest, "rootId" | "name">,
): Promise<TestedModule> {
  const sourceMap = mapBeside(path);
  return { wasm: await readFile(path), rootId, name, ...(sourceMap !== undefined && { sourceMap }) };
}
