import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import AspectTransform from "@as-pect/transform";
import { type Compiled, compile } from "../build/compile.js";
import { MeshwasmError } from "../errors.js";

/** A compiled spec file. */
export interface CompiledSpec {
  wasm: Uint8Array;
  /** Its source map, as JSON text. */
  sourceMap: string;
}

/**
 * Compiles one as-pect spec. With our own compiler and not the filter's: as-pect's transform must run on the compiler
 * that it was made for.
 *
 * @param dir the folder that messages name files from
 * @param file absolute path of the spec
 * @param transforms asc transforms that run before as-pect's
 * @throws MeshwasmError COMPILE_FAILED
 */
export async function compileSpec(
  dir: string,
  file: string,
  transforms: readonly unknown[] = [],
): Promise<CompiledSpec> {
  // Its exports name only files that it does not ship; its sources stand beside the folder that they name.
  const aspect = fileURLToPath(new URL("../assembly/index.ts", import.meta.resolve("@as-pect/assembly")));
  const { files } = await compile(dir, {
    args: [
      relative(dir, file),
      relative(dir, aspect),
      // The filter's asconfig.json is for filters: a spec is a program of another kind.
      ...["--config", "asconfig.spec.json", "--outFile", "spec.wasm"],
      ...["--debug", "--sourceMap", "--exportStart", "_start", "--exportTable", "--exportRuntime"],
    ],
    transforms: [...transforms, AspectTransform],
    compilerFrom: new URL(".", import.meta.url),
  });
  return { wasm: bytes(files, "spec.wasm"), sourceMap: text(files, "spec.wasm.map") };
}

function bytes(files: Compiled["files"], name: string): Uint8Array {
  const found = files.get(name);
  if (found instanceof Uint8Array) return found;
  throw new MeshwasmError("COMPILE_FAILED", `asc gave no ${name}`);
}

function text(files: Compiled["files"], name: string): string {
  const found = files.get(name);
  if (typeof found === "string") return found;
  throw new MeshwasmError("COMPILE_FAILED", `asc gave no ${name}`);
}
