// The long tests on a whole mesh. Usage: npm run test:soak [-- --rounds N --seed N]. Writes test/soak/REPORT.md.

import { join } from "node:path";
import { root, run, runForCode } from "./run.mjs";
import { setup } from "./setup.mjs";

await setup({ mesh: true });
await run(process.execPath, [join(root, "scripts", "build.mjs")]);
process.exitCode = await runForCode(process.execPath, [
  ...["--conditions=meshwasm:source", "--import", "tsx", "test/soak/main.ts"],
  ...process.argv.slice(2),
]);
