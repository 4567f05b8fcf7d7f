import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { measureEnvoy } from "./envoy.js";
import { measureHost } from "./host.js";

const dir = fileURLToPath(new URL("../../examples/hello/", import.meta.url));

/** Builds the hello example and measures it in the in-process host and in Envoy; a line for each figure. */
export async function* measureSdk(): AsyncGenerator<string, void, undefined> {
  const filter = await loadFilter(dir);
  await buildFilter(filter); // The first build also loads the compiler.
  const build = await buildFilter(filter);
  yield `build         examples/hello: ${build.bytes} bytes, ${build.millis} ms with the compiler loaded`;
  const wasm = await readFile(build.wasm);
  for (const line of await measureHost(build.wasm)) yield `host          ${line}`;
  for (const line of await measureEnvoy(wasm)) yield `Envoy         ${line}`;
}
