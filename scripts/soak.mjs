// The long tests. Usage: npm run test:soak [-- kills | scale] [--rounds N --seed N] [--filters N,N].
// kills: on a whole mesh; writes test/soak/REPORT.md. scale: in large clusters that nobody runs; writes test/soak/SCALE.md.

import { join } from "node:path";
import { root, run, runForCode } from "./run.mjs";
import { setup } from "./setup.mjs";

await setup({ mesh: true });
await run(process.execPath, [join(root, "scripts", "build.mjs")]);
await run(process.execPath, [join(root, "registry-operator", "bundle.mjs")]);
process.exitCode = await runForCode(process.execPath, [
  ...["--conditions=meshwasm:source", "--import", "tsx", "test/soak/main.ts"],
  ...process.argv.slice(2),
]);
