import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import type { BuiltFilter } from "./engines/engine.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The packages of the compilers that the SDK is tested with: the pinned one, and the newest of its line. */
export const compilers = ["assemblyscript", "assemblyscript-newest"] as const;

/** The version of one of them. */
export function versionOf(compiler: (typeof compilers)[number]): string {
  return (createRequire(import.meta.url)(`${compiler}/package.json`) as { version: string }).version;
}

/** Builds a copy of a filter's folder with one of the compilers. */
export async function buildWith(compiler: (typeof compilers)[number], dir: string): Promise<BuiltFilter> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-e2e-"));
  try {
    const copy = join(folder, "filter");
    await cp(join(root, dir), copy, {
      recursive: true,
      filter: (path) => !/\/(?:build|node_modules)$/.test(path),
    });
    const modules = join(copy, "node_modules");
    await mkdir(modules);
    await symlink(join(root, "node_modules", "@meshwasm"), join(modules, "@meshwasm"));
    const manifest = createRequire(import.meta.url).resolve(`${compiler}/package.json`);
    await symlink(dirname(manifest), join(modules, "assemblyscript"));
    const filter = await loadFilter(copy);
    const { wasm } = await buildFilter(filter);
    return { wasm: await readFile(wasm), rootId: filter.manifest.rootId, kind: filter.manifest.kind };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
