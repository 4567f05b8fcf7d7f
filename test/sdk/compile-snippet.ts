import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ASUtil, instantiateSync } from "@assemblyscript/loader";
import { compile } from "../../cli/src/build/compile.js";

/** The compilers that the SDK supports: the pinned one and the newest of its line. */
export const compilers = { pinned: "assemblyscript", newest: "assemblyscript-newest" } as const;

export interface SnippetOptions {
  /** Default: `pinned`. */
  compiler?: keyof typeof compilers;
  /** asc flags behind those of asconfig.json. */
  args?: string[];
}

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const optimized = ["--optimizeLevel", "3", "--shrinkLevel", "1"];

/** Builds a filter as plain `npx asc` would, in a folder of its own, with the SDK's asconfig.json. */
export function compileFilter(source: string, options: SnippetOptions = {}): Promise<Uint8Array> {
  return build(source, { extends: "@meshwasm/sdk/asconfig.json" }, options);
}

/** Builds a module that is no filter, for its functions to be called from here. */
export function compileModule(source: string, options: SnippetOptions = {}): Promise<Uint8Array> {
  const args = ["--exportRuntime", ...optimized, ...(options.args ?? [])];
  return build(source, {}, { ...options, args });
}

/** Functions of a module, and what the loader adds. */
export type Loaded<T> = T & ASUtil & { memory: WebAssembly.Memory };

/** The functions that such a module exports. Strings are pointers: `__getString` reads them. */
export async function loadFunctions<T>(source: string, options: SnippetOptions = {}): Promise<Loaded<T>> {
  const wasm = await compileModule(source, options);
  return instantiateSync(wasm as Uint8Array<ArrayBuffer>, {}).exports as unknown as Loaded<T>;
}

/** A temporary filter's folder; the caller removes it. */
export function filterFolder(source: string, config: object, options: SnippetOptions = {}): string {
  const dir = mkdtempSync(join(tmpdir(), "meshwasm-snippet-"));
  mkdirSync(join(dir, "assembly"));
  mkdirSync(join(dir, "node_modules"));
  writeFileSync(join(dir, "asconfig.json"), JSON.stringify({ ...config, entries: ["assembly/index.ts"] }));
  writeFileSync(join(dir, "assembly", "index.ts"), source);
  symlinkSync(join(modules, "@meshwasm"), join(dir, "node_modules", "@meshwasm"));
  symlinkSync(
    join(modules, compilers[options.compiler ?? "pinned"]),
    join(dir, "node_modules", "assemblyscript"),
  );
  return dir;
}

async function build(source: string, config: object, options: SnippetOptions): Promise<Uint8Array> {
  const dir = filterFolder(source, config, options);
  try {
    const { files } = await compile(dir, { args: ["--outFile", "out.wasm", ...(options.args ?? [])] });
    return files.get("out.wasm") as Uint8Array;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
