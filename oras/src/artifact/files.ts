/** The module's name in the layer: the one that Istio and Envoy Gateway look for, in any folder. */
export const wasmFile = "plugin.wasm";

/** The files that may accompany the module, in the order in which the layer holds them. */
export const companionFiles = ["filter.yaml", "config.schema.json", "README.md"] as const;

/** Name of a file that may accompany the module. */
export type CompanionFile = (typeof companionFiles)[number];

/** True when the bytes start as a WebAssembly module, binary format version 1. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].every((byte, index) => bytes[index] === byte);
}
