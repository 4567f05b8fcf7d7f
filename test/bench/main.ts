import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { measureEnvoy } from "./envoy.js";
import { measureHost } from "./host.js";

const dir = fileURLToPath(new URL("../../examples/hello/", import.meta.url));
const filter = await loadFilter(dir);
await buildFilter(filter); // The first build also loads the compiler.
const build = await buildFilter(filter);
console.log(
  `build         examples/hello: ${build.bytes} bytes, ${build.millis} ms with the compiler loaded`,
);

const wasm = await readFile(build.wasm);
for (const line of await measureHost(wasm)) console.log(`host          ${line}`);
for (const line of await measureEnvoy(wasm)) console.log(`Envoy         ${line}`);
