import { createRequire } from "node:module";
import { join } from "node:path";
import { findCompiler } from "../build/compiler.js";
import { envoyVersion } from "../envoy/wheel.js";

/** What a filter was tested with. */
export interface TestVersions {
  /** The compiler that the filter's folder resolves to. */
  assemblyscript: string;
  /** The SDK that the filter is compiled against. */
  sdk: string;
  /** The Envoy whose behaviour the in-process host was compared with. */
  envoy: string;
}

/** @throws MeshwasmError ASSEMBLYSCRIPT_MISSING */
export async function testVersions(dir: string): Promise<TestVersions> {
  const { version } = await findCompiler(join(dir, "/"));
  const sdk = createRequire(join(dir, "/"))("@meshwasm/sdk/package.json") as { version: string };
  return { assemblyscript: version, sdk: sdk.version, envoy: envoyVersion };
}
