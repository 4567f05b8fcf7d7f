// Types, lint, format, dependency rules, generated files. Usage: node scripts/check.mjs

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root, runForCode } from "./run.mjs";
import { ensureNpmPackages } from "./setup/npm-packages.mjs";

await ensureNpmPackages();
const bin = (name) => join(root, "node_modules", ".bin", name);
const filters = (await readdir(join(root, "examples"))).map((name) => `examples/${name}`);

const checks = [
  ["types", bin("tsc"), ["-p", "tsconfig.json"]],
  ...["sdk", ...filters].map((dir) => [`types of ${dir}/assembly`, bin("tsc"), ["-p", `${dir}/assembly`]]),
  ["lint and format", bin("biome"), ["ci", "--error-on-warnings", "."]],
  [
    "format of AssemblyScript",
    bin("prettier"),
    [
      "--check",
      "--log-level",
      "warn",
      "{sdk,examples/*,test/e2e/filters/*,test/bench/filters/*}/assembly/**/*.ts",
    ],
  ],
  ["generated files", process.execPath, ["scripts/generate.mjs", "--check"]],
  ["dependency rules", process.execPath, ["--import", "tsx", "--test", "test/rules/dependencies.test.ts"]],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const started = performance.now();
  const code = await runForCode(command, args);
  if (code !== 0) failed++;
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${Math.round(performance.now() - started)} ms)`);
}
if (failed > 0) process.exitCode = 1;
