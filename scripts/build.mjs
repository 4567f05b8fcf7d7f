// Makes dist/ of each package: JavaScript with esbuild, file by file unless a package has entries, and with --types the declarations too.
// Node runs dist/; the tests run the sources. Usage: node scripts/build.mjs [--types]

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { root, run } from "./run.mjs";

/** In the order in which their declarations need each other. */
const packages = [
  { dir: "sdk", sources: ["host", "transform"], base: "." },
  // As few files: reading and linking them took longer than pulling a module. Nothing in it looks for files beside itself.
  { dir: "oras", sources: ["src"], base: "src", entries: ["src/index.ts", "src/registry/index.ts"] },
  { dir: "cli", sources: ["src"], base: "src" },
  { dir: "registry-operator", sources: ["src"], base: "src" },
];

const withTypes = process.argv.includes("--types");
for (const { dir, sources, base, entries } of packages) {
  const folder = join(root, dir);
  const files = await Promise.all(sources.map((source) => productFiles(join(folder, source))));
  const outdir = join(folder, "dist");
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: entries?.map((entry) => join(folder, entry)) ?? files.flat(),
    outbase: join(folder, base),
    outdir,
    ...(entries ? { bundle: true, splitting: true, packages: "external" } : { bundle: false }),
    format: "esm",
    platform: "node",
    target: "node20",
  });
  if (withTypes) await run(process.execPath, [tsc(), "-p", join(folder, "tsconfig.types.json")]);
}

/** The sources of a folder without tests and what only tests use. */
async function productFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) => /\.(?:ts|js)$/.test(path) && !/\.test\.ts$|\.d\.ts$|\/(?:testdata|testing)\//.test(path),
    );
}

function tsc() {
  return join(root, "node_modules", "typescript", "bin", "tsc");
}
