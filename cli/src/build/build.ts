import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { bindSourceMap } from "@meshwasm/sdk/host";
import { usesConfigClass, writeConfigFile } from "../config-class/config-file.js";
import { MeshwasmError } from "../errors.js";
import { loadAsconfig } from "../filter/asconfig.js";
import type { Filter } from "../filter/manifest.js";
import { writeFilesAtomic } from "../write-files.js";
import { compile } from "./compile.js";
import { supportedCompilers } from "./compiler.js";
import { formatDiagnostic } from "./diagnostics.js";
import { withoutMapUrl } from "./map-url.js";
import { type ModuleInfo, readModuleInfo } from "./module-info.js";

export interface BuildOptions {
  /** A module with names that points to its source map, for other tools' stack traces; the code is not optimized less. */
  debug?: boolean;
  /** Where the module goes; absent: build/filter.wasm in the filter's folder. */
  out?: string;
  /** Called for each line that the author should see although the build goes on. */
  onWarning?: (line: string) => void;
}

/** What `meshwasm build --json` prints. */
export interface BuildResult extends ModuleInfo {
  name: string;
  version: string;
  /** Absolute path of the module. */
  wasm: string;
  /** Its size. */
  bytes: number;
  /** Of the module, in hexadecimal. */
  sha256: string;
  /** How long the build took. */
  millis: number;
}

/**
 * Compiles a filter: the same bytes as plain `npx asc` in its folder, in any folder and at any time. A configuration
 * class that is not what the schema gives is made anew first. Beside the module goes its source map, by which tests name the
 * line of a trap; the module itself does not point to it, unless `debug`.
 *
 * @throws MeshwasmError COMPILE_FAILED, ASSEMBLYSCRIPT_MISSING, and those of `loadAsconfig`, `writeConfigFile` and
 *   `writeFilesAtomic`
 */
export async function buildFilter(filter: Filter, options: BuildOptions = {}): Promise<BuildResult> {
  const started = performance.now();
  const { manifest } = filter;
  const asconfig = await loadAsconfig(filter.dir);
  if (await usesConfigClass(filter)) await writeConfigFile(filter);
  const path = options.out === undefined ? filter.wasm : resolve(options.out);
  // With --debug the module names its source map by this.
  const name = path.endsWith(".wasm") ? basename(path) : "filter.wasm";
  const debug = options.debug ? ["--debug"] : [];
  const { compiler, files, warnings } = await compile(filter.dir, {
    args: ["--outFile", name, "--sourceMap", ...debug],
  });
  if (!compiler.supported) {
    options.onWarning?.(
      `assemblyscript ${compiler.version} is outside ${supportedCompilers}, the range that this SDK is tested with`,
    );
  }
  for (const warning of warnings) options.onWarning?.(formatDiagnostic(warning));
  const compiled = files.get(name);
  if (!(compiled instanceof Uint8Array)) throw new MeshwasmError("COMPILE_FAILED", "asc gave no module");
  const wasm = options.debug ? compiled : withoutMapUrl(compiled, `./${name}.map`);
  const info = readModuleInfo(wasm);
  if (info.abi === "unknown") throw asconfig.notTheSdks();
  const map = bindSourceMap(String(files.get(`${name}.map`)), wasm);
  await writeFilesAtomic(
    new Map<string, Uint8Array | string>([
      [path, wasm],
      [`${path}.map`, map],
    ]),
  );
  return {
    name: manifest.name,
    version: manifest.version,
    wasm: path,
    bytes: wasm.byteLength,
    sha256: createHash("sha256").update(wasm).digest("hex"),
    ...info,
    millis: Math.round(performance.now() - started),
  };
}
