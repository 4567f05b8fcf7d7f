import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  companionFiles,
  type Format,
  isWasm,
  type PackInput,
  type PushOptions,
  type PushResult,
  pack,
  push,
} from "@meshwasm/oras";
import { buildFilter } from "../build/build.js";
import { describeBuild } from "../build/describe.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import type { Output } from "../output.js";
import type { Source } from "./source-and-refs.js";

export interface PushFilterOptions extends PushOptions {
  format: Format;
  /** Further annotations of the manifest. */
  annotations: Record<string, string>;
  output: Output;
}

/**
 * Builds a folder, packs it or a module as it is, and pushes it to every reference.
 *
 * @throws MeshwasmError MODULE_INVALID, those of `loadFilter` and `buildFilter`, and those of `push` of the OCI client
 */
export async function pushFilter(
  source: Source,
  refs: string[],
  options: PushFilterOptions,
): Promise<PushResult[]> {
  const { annotations, format, output, ...pushOptions } = options;
  const input =
    source.kind === "folder" ? await packFolder(source.path, output) : await packModule(source.path);
  return push(pack({ ...input, annotations }, format), refs, pushOptions);
}

async function packModule(path: string): Promise<PackInput> {
  const wasm = await readFile(path);
  if (isWasm(wasm)) return { wasm };
  throw new MeshwasmError("MODULE_INVALID", `${path} is no WebAssembly module`, {
    hint: "a filter is pushed by its folder, or by the .wasm file that a build gives",
  });
}

async function packFolder(dir: string, output: Output): Promise<PackInput> {
  const filter = await loadFilter(dir);
  const build = await buildFilter(filter, { onWarning: (line) => output.warn(line) });
  output.info(describeBuild(build));
  const { name, version, description, license, source } = filter.manifest;
  return {
    wasm: await readFile(build.wasm),
    files: await readCompanions(filter.dir),
    metadata: { title: name, version, description, licenses: license, source },
  };
}

async function readCompanions(dir: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of companionFiles) {
    try {
      files.set(name, await readFile(join(dir, name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return files;
}
