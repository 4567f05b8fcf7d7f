import { minEnvoy } from "./min-envoy.js";

/** What a module says of itself. */
export interface ModuleInfo {
  /** The proxy-wasm ABI that the exported marker names, for example `0.2.1`; `unknown` without one. */
  abi: string;
  /** Exported callbacks, memory and start function, in the module's order. */
  exports: string[];
  /** Imported functions as `module.name`, in the module's order. */
  imports: string[];
  /** The lowest Envoy version that has all of the imports, such as `1.17`; null: none (up to 1.40). */
  minEnvoy: string | null;
}

/**
 * Reads exports and imports of a module.
 *
 * @throws WebAssembly.CompileError when the bytes are no module
 */
export function readModuleInfo(wasm: Uint8Array): ModuleInfo {
  const module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const marker = exports.find((name) => name.startsWith("proxy_abi_version_"));
  const abi = marker?.slice("proxy_abi_version_".length).replaceAll("_", ".") ?? "unknown";
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
  return { abi, exports, imports, minEnvoy: minEnvoy(abi, imports) };
}
