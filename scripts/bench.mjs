// Speed and size. Usage: npm run bench [-- PART...]; a part is sdk (build, host and Envoy), chains (sixteen copies of a filter
// in an Envoy, beside hand-written hostcalls, the Rust SDK and Lua; wants wrk; chains/json is one of them) or oci (beside crane and the ORAS Python SDK).
// The figures are this machine's, now: compare within a run only.

import { join } from "node:path";
import { root, run, runForCode } from "./run.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureInterop } from "./setup/interop.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

const parts = process.argv.length > 2 ? process.argv.slice(2) : ["sdk", "chains", "oci"];
await ensureNpmPackages();
if (parts.includes("sdk") || parts.some((part) => part.startsWith("chains"))) await ensureEnvoy();
if (parts.includes("oci")) {
  await ensureInterop({ install: true });
  // What is measured is the CLI as its users have it.
  await run(process.execPath, [join(root, "scripts", "build.mjs")]);
}
process.exitCode = await runForCode(process.execPath, [
  ...["--expose-gc", "--conditions=meshwasm:source", "--import", "tsx"],
  "test/bench/main.ts",
  ...parts,
]);
