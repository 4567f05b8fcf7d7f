// The main job, from a TypeScript file to a filter that changes real traffic in a real Envoy.
// Usage: npm run demo [-- --keep]. This file installs what is missing; the steps are in demo/main.ts.

import { runForCode } from "./run.mjs";
import { ensureEnvoy } from "./setup/envoy.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

const started = performance.now();
const installed = await ensureNpmPackages();
const envoy = await ensureEnvoy();
const millis = Math.round(performance.now() - started);
const parts = `npm packages ${installed ? "just installed" : "there"}, Envoy: ${envoy}`;
process.exitCode = await runForCode(process.execPath, [
  ...["--import", "tsx", "scripts/demo/main.ts", ...process.argv.slice(2)],
  ...["--set-up", parts, String(millis)],
]);
