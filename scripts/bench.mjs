// Speed and size. Usage: npm run bench. The figures are this machine's, now: compare within a run only.

import { runForCode } from "./run.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

await ensureNpmPackages();
await ensureEnvoy();
process.exitCode = await runForCode(process.execPath, [
  ...["--conditions=meshwasm:source", "--import", "tsx"],
  "test/bench/main.ts",
]);
