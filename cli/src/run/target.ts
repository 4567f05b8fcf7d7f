import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { buildFilter } from "../build/build.js";
import { MeshwasmError } from "../errors.js";
import { loadFilter } from "../filter/load.js";
import type { Filter, FilterKind } from "../filter/manifest.js";
import { filterSources } from "../filter/sources.js";

/** What the person at the shell may say about a module beside what it says itself. */
export interface TargetOptions {
  kind?: FilterKind;
  rootId?: string;
}

/** What is to be run: a filter's folder, or a module. */
export interface Target {
  /** The folder's filter; absent: the target is a module. */
  filter?: Filter;
  kind: FilterKind;
  /** Empty: the module's only root context. */
  rootId: string;
  pluginName: string;
  /** Absolute path of the module. */
  path: string;
  bytes: Uint8Array;
  /** Of the module, lower-case hex. */
  sha256: string;
}

/**
 * Builds the filter when `path` is a folder, and reads the module when it is a file.
 *
 * @throws MeshwasmError as `loadFilter` and `buildFilter` do; FILE_NOT_FOUND; FILTER_INVALID for a file that is no module
 */
export async function loadTarget(
  path: string,
  options: TargetOptions,
  onWarning: (line: string) => void,
): Promise<Target> {
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new MeshwasmError("FILE_NOT_FOUND", `cannot read ${path}: ${cause.code}`, {
      cause,
      hint: "name a filter's folder or a .wasm file",
    });
  });
  if (!info.isDirectory()) {
    const bytes = await readFile(path);
    const kind = options.kind ?? kindOf(path, bytes);
    const { rootId = "" } = options;
    const pluginName = rootId || basename(path, extname(path));
    return { kind, rootId, pluginName, path: resolve(path), bytes, sha256: sha256Of(bytes) };
  }
  const filter = await loadFilter(path);
  const { wasm } = await buildFilter(filter, { onWarning });
  const bytes = await readFile(wasm);
  const { name, kind, rootId } = { ...filter.manifest, ...options };
  return { filter, kind, rootId, pluginName: name, path: wasm, bytes, sha256: sha256Of(bytes) };
}

/** The files and folders whose change means another module. */
export function targetSources(target: Target): string[] {
  return target.filter ? filterSources(target.filter.dir) : [target.path];
}

/** A module that answers connections and no HTTP is a network filter; SDKs that export everything mostly serve HTTP. */
function kindOf(path: string, bytes: Uint8Array): FilterKind {
  let exports: string[];
  try {
    exports = WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(bytes))).map(
      ({ name }) => name,
    );
  } catch (cause) {
    throw new MeshwasmError(
      "FILTER_INVALID",
      `${path} is not a WebAssembly module: ${(cause as Error).message}`,
      { cause },
    );
  }
  const has = (pattern: RegExp) => exports.some((name) => pattern.test(name));
  const isNetwork =
    has(/^proxy_on_(new_connection|downstream_|upstream_)/) && !has(/^proxy_on_(request|response)_/);
  return isNetwork ? "network" : "http";
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
