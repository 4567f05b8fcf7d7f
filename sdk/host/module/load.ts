import { MeshwasmError } from "../errors.js";
import type { SourcePlaces } from "../source-map/source-places.js";
import { Module, type WasmModule } from "../vm/webassembly.js";
import { type ModuleShape, readModuleShape, type Signature } from "./binary.js";
import { ABI_MARKERS, type AbiVersion, envoyCallback, envoyImport } from "./signatures.js";

/** A module that Envoy would load: compiled, its ABI known, its imports and callbacks checked. */
export interface LoadedModule {
  readonly module: WasmModule;
  readonly abi: AbiVersion;
  readonly shape: ModuleShape;
  /** Where its code stands in its author's source; undefined: there is no source map. */
  readonly places: SourcePlaces | undefined;
}

/**
 * Compiles a module and refuses what Envoy refuses, with Envoy's wording.
 * Follows `WasmBase::load`, `V8::link` and `getModuleFunctionImpl` of proxy-wasm-cpp-host.
 *
 * @throws MeshwasmError `MODULE_INVALID`, `ABI_UNSUPPORTED`, `IMPORT_MISSING`, `IMPORT_MISMATCH`
 */
export function loadModule(bytes: Uint8Array, places?: SourcePlaces): LoadedModule {
  let module: WasmModule;
  try {
    module = new Module(bytes);
  } catch (cause) {
    throw new MeshwasmError("MODULE_INVALID", `Failed to load Wasm bytecode: ${(cause as Error).message}`, {
      cause,
      hint: "build the filter again; the file is no WebAssembly module or is cut short",
    });
  }
  const shape = readModuleShape(bytes);
  if (shape === undefined) throw new MeshwasmError("MODULE_INVALID", "Failed to parse corrupted Wasm module");
  const abi = abiOf(shape);
  checkImports(shape, abi);
  checkExports(shape, abi);
  return { module, abi, shape, places };
}

function abiOf(shape: ModuleShape): AbiVersion {
  for (const { name, kind } of shape.exports) {
    const abi = kind === "func" ? ABI_MARKERS.get(name) : undefined;
    if (abi !== undefined) return abi;
  }
  throw new MeshwasmError("ABI_UNSUPPORTED", "Missing or unknown Proxy-Wasm ABI version", {
    hint: `export one of ${[...ABI_MARKERS.keys()].join(", ")}; an SDK does it for you`,
  });
}

function checkImports(shape: ModuleShape, abi: AbiVersion): void {
  for (const { module, name, kind, signature } of shape.imports) {
    if (kind === "memory" || kind === "table") continue;
    const provided = kind === "func" ? envoyImport(abi, module, name) : undefined;
    if (provided === undefined) {
      throw new MeshwasmError(
        "IMPORT_MISSING",
        `Failed to load Wasm module due to a missing import: ${module}.${name}`,
        { hint: importHint(module, name, abi) },
      );
    }
    if (provided !== signature) {
      throw new MeshwasmError(
        "IMPORT_MISMATCH",
        `Failed to load Wasm module due to an import type mismatch: ${module}.${name}, ` +
          `want: ${spell(signature)}, but host exports: ${spell(provided)}`,
      );
    }
  }
}

function checkExports(shape: ModuleShape, abi: AbiVersion): void {
  let memory = shape.imports.some((found) => found.kind === "memory");
  let allocator = false;
  for (const { name, kind, signature } of shape.exports) {
    memory ||= kind === "memory";
    if (kind !== "func") continue;
    const wanted = envoyCallback(abi, name);
    if (wanted === undefined) continue;
    if (wanted !== signature) {
      throw new MeshwasmError(
        "MODULE_INVALID",
        `Bad function signature for: ${name}, want: ${spell(wanted)}, but the module exports: ${spell(signature)}`,
      );
    }
    allocator ||= name === "malloc" || name === "proxy_on_memory_allocate";
  }
  if (!allocator) throw new MeshwasmError("MODULE_INVALID", "Wasm module is missing malloc function.");
  if (!memory) throw new MeshwasmError("MODULE_INVALID", "The module has no memory that the host could use");
}

function importHint(module: string, name: string, abi: AbiVersion): string {
  if (module === "env" && (name === "abort" || name === "seed" || name === "trace"))
    return "this is AssemblyScript's own runtime; build with the SDK's asconfig.json, which replaces it";
  for (const other of ABI_MARKERS.values())
    if (envoyImport(other, module, name) !== undefined)
      return `Envoy offers it to modules of ABI ${other}, this one says ${abi}`;
  return "Envoy offers no such function to any module";
}

const SPELLED: Readonly<Record<string, string>> = { i: "i32", I: "i64", f: "f32", F: "f64" };

function spell(signature: Signature): string {
  const [params = "", results = ""] = signature.split(">");
  const list = (types: string) =>
    types === "" ? "void" : [...types].map((type) => SPELLED[type] ?? "unknown").join(" ");
  return `${list(params)} -> ${list(results)}`;
}
