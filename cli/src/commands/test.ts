import { join } from "node:path";
import { Command } from "commander";
import { MeshwasmError } from "../errors.js";
import { outputOf } from "../global-options.js";

interface TestFlags {
  watch?: boolean;
  junit?: string;
  coverage?: boolean;
  lcov?: string;
  coverageThreshold?: number;
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && percent <= 100) return percent;
  throw new MeshwasmError("USAGE", `--coverage-threshold ${text} is no percentage from 0 to 100`);
}

/** `meshwasm test`. */
export function testCommand(): Command {
  return new Command("test")
    .description("build a filter and run its specs, cases and tests in the in-process host")
    .argument("[dir]", "the filter's folder", ".")
    .option("--watch", "run again when a file changes")
    .option("--junit <file>", "write a JUnit report, for CI servers")
    .option("--coverage", "count which lines of the filter's AssemblyScript the tests run")
    .option("--lcov <file>", "write the coverage as an lcov tracefile, for CI services")
    .option("--coverage-threshold <percent>", "fail when fewer of the lines are covered", parsePercent)
    .addHelpText(
      "after",
      `
Examples:
  meshwasm test
  meshwasm test filters/rate-limit --watch
  meshwasm test --json | jq .failures
  meshwasm test --junit build/tests.xml
  meshwasm test --coverage
  meshwasm test --lcov build/lcov.info --coverage-threshold 80

Specs are assembly/__tests__/*.spec.ts, declarative cases test/*.yaml, host tests test/*.test.ts.
No test at all is a failure.`,
    )
    .action(async (dir: string, flags: TestFlags, command: Command) => {
      const { coverageThreshold: threshold } = flags;
      const output = outputOf(command);
      const { passedTests, runTests } = await import("../test/run-tests.js");
      const test = async () => {
        const summary = await runTests(dir, output, {
          ...flags,
          ...(threshold !== undefined && { threshold }),
        });
        output.result(summary, `${passedTests(summary)} passed, 0 failed`);
      };
      if (!flags.watch) return test();
      const { repeatOnChange } = await import("../watch/repeat-on-change.js");
      const { filterSources } = await import("../filter/sources.js");
      await repeatOnChange([...filterSources(dir), join(dir, "test")], output, test);
    });
}
