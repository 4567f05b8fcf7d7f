import { bindSourceMap } from "@meshwasm/sdk/host";
import { compile } from "../build/compile.js";
import { MeshwasmError } from "../errors.js";
import type { Filter } from "../filter/manifest.js";
import type { TestedModule } from "../test/tested-module.js";
import type { Coverage } from "./coverage.js";
import { coverageTransform } from "./instrument.js";

/** A build of a filter that counts its statements. It is in memory only: what `buildFilter` wrote stays what it is. */
export interface InstrumentedModule extends TestedModule {
  sourceMap: string;
}

/** @throws MeshwasmError as `compile` does */
export async function buildInstrumented(filter: Filter, coverage: Coverage): Promise<InstrumentedModule> {
  const { files } = await compile(filter.dir, {
    args: ["--outFile", "filter.wasm", "--sourceMap"],
    transforms: [coverageTransform(coverage)],
  });
  const wasm = files.get("filter.wasm");
  if (!(wasm instanceof Uint8Array)) throw new MeshwasmError("COMPILE_FAILED", "asc gave no module");
  const { rootId, name } = filter.manifest;
  return { wasm, rootId, name, sourceMap: bindSourceMap(String(files.get("filter.wasm.map")), wasm) };
}
