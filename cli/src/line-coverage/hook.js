// JavaScript, because it is loaded before the TypeScript loader is there.
// Makes the processes of a filter's host tests count: whoever reads the module that was built, or its source map, gets those
// of the instrumented build. MESHWASM_COVERAGE names the folder that host-counts.ts made; at the end the counts go there.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env.MESHWASM_COVERAGE;
if (folder) {
  const { wasm, size } = JSON.parse(fs.readFileSync(join(folder, "plan.json"), "utf8"));
  const instead = new Map([
    [wasm, join(folder, "filter.wasm")],
    [`${wasm}.map`, join(folder, "filter.wasm.map")],
  ]);
  const counts = new Float64Array(size);
  globalThis[Symbol.for("meshwasm.coverage")] = (number) => {
    counts[number]++;
  };
  const redirected = (path) => {
    if (typeof path !== "string" && !(path instanceof URL)) return path;
    return instead.get(resolve(path instanceof URL ? fileURLToPath(path) : path)) ?? path;
  };
  const { readFile, readFileSync } = fs;
  const { readFile: readFilePromise } = fs.promises;
  fs.readFileSync = (path, ...rest) => readFileSync(redirected(path), ...rest);
  fs.readFile = (path, ...rest) => readFile(redirected(path), ...rest);
  fs.promises.readFile = (path, ...rest) => readFilePromise(redirected(path), ...rest);
  syncBuiltinESMExports();
  process.on("exit", () => {
    const hits = [...counts.entries()].filter(([, times]) => times > 0);
    if (hits.length > 0) fs.writeFileSync(join(folder, `hits-${process.pid}.json`), JSON.stringify(hits));
  });
}
