import { MeshwasmError } from "../errors.js";
import { coverageHit } from "../hostcalls/coverage.js";
import { isAllowed } from "../hostcalls/restricted.js";
import type { SourcePlaces } from "../source-map/source-places.js";
import { Module, type WasmModule } from "../vm/webassembly.js";
import { isFramed, type ModuleShape, readModuleShape, type Signature } from "./binary.js";
import { limitLoops } from "./loop-limit.js";
import { MEMORY_PAGES } from "./memory-limit.js";
import type { RewrittenModule } from "./rewritten.js";
import { ABI_MARKERS, type AbiVersion, envoyCallback, envoyImport } from "./signatures.js";

/** A module that Envoy would load: compiled, its ABI known, its imports and callbacks checked. */
export interface LoadedModule {
  readonly module: WasmModule;
  readonly abi: AbiVersion;
  readonly shape: ModuleShape;
  /** Where its code stands in its author's source; undefined: there is no source map. */
  readonly places: SourcePlaces | undefined;
  /** What was put in between the module's bytes to count turns of loops; undefined: it runs as it was given. */
  readonly limited: RewrittenModule | undefined;
  /** Turns of loops that one callback may make; 0: any number. */
  readonly loopLimit: number;
}

/** How a module is loaded; every field may be left out. */
export interface LoadOptions {
  /** Turns of loops that one callback may make; 0 (default): any number. */
  loopLimit?: number;
  /** The hostcalls and callbacks that it may use; empty or absent: all of them. */
  capabilities?: ReadonlySet<string>;
}

/**
 * Compiles a module and refuses what Envoy refuses, in Envoy's order and with its wording.
 * Follows `WasmBase::load`, `V8::link` and `getModuleFunctionImpl` of proxy-wasm-cpp-host.
 *
 * @throws MeshwasmError `MODULE_INVALID`, `ABI_UNSUPPORTED`, `IMPORT_MISSING`, `IMPORT_MISMATCH`
 */
export function loadModule(
  bytes: Uint8Array,
  places?: SourcePlaces,
  { loopLimit = 0, capabilities }: LoadOptions = {},
): LoadedModule {
  const shape = isFramed(bytes) ? readModuleShape(bytes) : undefined;
  if (shape === undefined)
    throw new MeshwasmError("MODULE_INVALID", `Failed to parse corrupted Wasm module: ${complaint(bytes)}`, {
      hint: "build the filter again; the file is no WebAssembly module or is cut short",
    });
  const abi = abiOf(shape);
  let limited = loopLimit > 0 ? limitLoops(bytes, loopLimit) : undefined;
  let module = limited && compiled(limited.bytes());
  try {
    if (module === undefined) {
      module = new Module(bytes);
      limited = undefined;
    }
  } catch (cause) {
    throw new MeshwasmError("MODULE_INVALID", `Failed to load Wasm bytecode: ${(cause as Error).message}`, {
      cause,
      hint: "build the filter again: the engine does not take its code",
    });
  }
  checkImports(shape, abi);
  checkExports(shape, abi, capabilities);
  checkMemory(shape);
  return { module, abi, shape, places, limited, loopLimit };
}

// What the engine says about bytes that are no module.
function complaint(bytes: Uint8Array): string {
  try {
    new Module(bytes);
    return "it has types that are not supported";
  } catch (cause) {
    return (cause as Error).message;
  }
}

// What does not compile with the counter is compiled as it was given: the error must be about that.
function compiled(bytes: Uint8Array): WasmModule | undefined {
  try {
    return new Module(bytes);
  } catch {
    return undefined;
  }
}

function checkMemory({ imports, memories }: ModuleShape): void {
  for (const pages of [...imports.map(({ limits }) => limits?.initial ?? 0), ...memories])
    if (pages > MEMORY_PAGES)
      throw new MeshwasmError(
        "MODULE_INVALID",
        `Failed to initialize Wasm code: it wants ${pages} pages of memory, Envoy gives at most ${MEMORY_PAGES}`,
        { hint: "a page has 64 KiB: lower the initial memory that the module is built with" },
      );
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
    if (coverageHit(module, name)) continue;
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

function checkExports(shape: ModuleShape, abi: AbiVersion, capabilities?: ReadonlySet<string>): void {
  let memory = shape.imports.some((found) => found.kind === "memory");
  let allocator = false;
  for (const { name, kind, signature } of shape.exports) {
    memory ||= kind === "memory";
    if (kind !== "func") continue;
    const wanted = envoyCallback(abi, name);
    if (wanted === undefined || !isAllowed(capabilities, "env", name)) continue;
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
