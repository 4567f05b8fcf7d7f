// A whole mesh on this machine, in which a filter is enabled, upgraded under load, broken, rolled back and disabled.
// Usage: npm run mesh [-- --keep]. This file installs and builds what is missing; the steps are in mesh/main.ts.

import { join } from "node:path";
import { root, run, runForCode } from "./run.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureMesh } from "./setup/mesh.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

await ensureNpmPackages();
await ensureEnvoy();
const missing = await ensureMesh({ build: true, apt: process.env.CI === "true" });
if (missing) {
  console.error(`error: ${missing}`);
  process.exitCode = 1;
} else {
  await run(process.execPath, [join(root, "scripts", "build.mjs")]);
  process.exitCode = await runForCode(process.execPath, [
    ...["--conditions=meshwasm:source", "--import", "tsx", "scripts/mesh/main.ts"],
    ...process.argv.slice(2),
  ]);
}
