// Sets up, builds, and runs all tests. Usage: node scripts/test.mjs [--unit | --e2e | --long] [--coverage] [FILE...]
// Under CI=true nothing is skipped: what is missing is installed, and a test that would skip fails.
// --long runs the tests of random input and of memory only, ten times as long, or as MESHWASM_LONG says.

import { join } from "node:path";
import { root, run, runForCode } from "./run.mjs";
import { setup } from "./setup.mjs";
import { longTestFiles, testFiles } from "./test-files.mjs";

const args = process.argv.slice(2);
const unit = !args.includes("--e2e");
const e2e = !args.includes("--unit");

const skipped = await setup();
await run(process.execPath, [join(root, "scripts", "build.mjs"), "--types"]);

const long = args.includes("--long");
if (long) process.env.MESHWASM_LONG ??= "10";

const named = args.filter((arg) => !arg.startsWith("--"));
const all = await (long ? longTestFiles() : testFiles({ unit, e2e }));
const files = named.length > 0 ? named : all;
if (files.length === 0) throw new Error("no test files found: a run of zero tests is a failure");

for (const part of skipped) console.log(`SKIPPING ${part}`);
const node = [
  ...["--conditions=meshwasm:source", "--import", "tsx"],
  // One file at a time for each core: more would make the processes that the tests start wait for each other.
  ...["--test", "--test-concurrency=2", "--test-reporter=spec"],
  ...files,
];
const coverage = args.includes("--coverage");
const c8 = join(root, "node_modules", "c8", "bin", "c8.js");
const include = ["sdk/host", "sdk/transform", "oras/src", "cli/src", "registry-operator/src"].flatMap(
  (dir) => ["--include", `${dir}/**`],
);
process.exitCode = coverage
  ? await runForCode(process.execPath, [c8, ...include, process.execPath, ...node])
  : await runForCode(process.execPath, node);
