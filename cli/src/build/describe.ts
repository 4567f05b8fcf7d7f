import { relative } from "node:path";
import type { BuildResult } from "./build.js";

/** A build in a line for a person. */
export function describeBuild({ name, version, wasm, bytes, sha256, abi, millis }: BuildResult): string {
  const path = relative(process.cwd(), wasm) || wasm;
  return `${name} ${version} → ${path} (${bytes} bytes, ABI ${abi}, sha256 ${sha256}, ${millis} ms)`;
}
