/** What a module says of itself. */
export interface ModuleInfo {
  /** The proxy-wasm ABI that the exported marker names, for example `0.2.1`; `unknown` without one. */
  abi: string;
  /** Exported callbacks, memory and start function, in the module's order. */
  exports: string[];
  /** Imported functions as `module.name`, in the module's order. */
  imports: string[];
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
  return {
    abi: marker?.slice("proxy_abi_version_".length).replaceAll("_", ".") ?? "unknown",
    exports,
    imports: WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`),
  };
}
