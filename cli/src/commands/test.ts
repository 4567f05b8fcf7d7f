import { join } from "node:path";
import { Command } from "commander";
import { outputOf } from "../global-options.js";

/** `meshwasm test`. */
export function testCommand(): Command {
  return new Command("test")
    .description("build a filter and run its specs, cases and tests in the in-process host")
    .argument("[dir]", "the filter's folder", ".")
    .option("--watch", "run again when a file changes")
    .option("--junit <file>", "write a JUnit report, for CI servers")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm test
  meshwasm test filters/rate-limit --watch
  meshwasm test --json | jq .failures
  meshwasm test --junit build/tests.xml

Specs are assembly/__tests__/*.spec.ts, declarative cases test/*.yaml, host tests test/*.test.ts.
No test at all is a failure.`,
    )
    .action(async (dir: string, flags: { watch?: boolean; junit?: string }, command: Command) => {
      const output = outputOf(command);
      const { passedTests, runTests } = await import("../test/run-tests.js");
      const test = async () => {
        const summary = await runTests(dir, output, flags);
        output.result(summary, `${passedTests(summary)} passed, 0 failed`);
      };
      if (!flags.watch) return test();
      const { repeatOnChange } = await import("../watch/repeat-on-change.js");
      const { filterSources } = await import("../filter/sources.js");
      await repeatOnChange([...filterSources(dir), join(dir, "test")], output, test);
    });
}
