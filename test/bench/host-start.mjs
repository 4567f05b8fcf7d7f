// Milliseconds from importing the host to the end of a filter's first callbacks, on stdout; with the compilation of the module.
// Usage: node host-start.mjs MODULE ROOT-ID

import { readFileSync } from "node:fs";

const [file, rootId] = process.argv.slice(2);
const wasm = readFileSync(file);
const started = performance.now();
const { Host } = await import("@meshwasm/sdk/host");
new Host(wasm, { rootId, pluginConfig: { greeting: "hi" } }).start();
console.log(performance.now() - started);
