import type { LoadedCases } from "../cases/load-cases.js";
import { runCase } from "../cases/run-case.js";
import type { TestEnd } from "./test-end.js";
import type { TestedModule } from "./tested-module.js";

/** Runs the declarative cases of a file, each in a host of its own. */
export function runCaseFile(file: LoadedCases, module: TestedModule): TestEnd[] {
  return file.cases.map((each, index) => {
    const started = performance.now();
    const failure = runCase(module, file, each);
    const end = { path: [each.name], skipped: false, millis: performance.now() - started };
    if (!failure) return { ...end, passed: true };
    const place = file.place(["cases", index, ...failure.path]);
    return { ...end, passed: false, message: failure.message, place };
  });
}
