import { relative } from "node:path";
import type { BuildResult } from "./build.js";

/** A build in a line for a person. */
export function describeBuild(built: BuildResult): string {
  const { name, version, wasm, bytes, sha256, abi, minEnvoy, millis } = built;
  const path = relative(process.cwd(), wasm) || wasm;
  return `${name} ${version} → ${path} (${bytes} bytes, ABI ${abi}${minEnvoy ? `, Envoy ${minEnvoy}+` : ""}, sha256 ${sha256}, ${millis} ms)`;
}
