/**
 * Pages (64 KiB) of memory that Envoy gives to a module: 1 GiB. `PROXY_WASM_HOST_MAX_WASM_MEMORY_SIZE_BYTES` of
 * proxy-wasm-cpp-host.
 */
export const MEMORY_PAGES = 16_384;
