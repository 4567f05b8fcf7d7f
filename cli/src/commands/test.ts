import { join } from "node:path";
import { Command } from "commander";
import { outputOf } from "../global-options.js";

/** `meshwasm test`. */
export function testCommand(): Command {
  return new Command("test")
    .description("build a filter and run its as-pect specs and its tests in the in-process host")
    .argument("[dir]", "the filter's folder", ".")
    .option("--watch", "run again when a file changes")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm test
  meshwasm test filters/rate-limit --watch
  meshwasm test --json | jq .failures

Specs are assembly/__tests__/*.spec.ts, host tests test/*.test.ts. No test at all is a failure.`,
    )
    .action(async (dir: string, flags: { watch?: boolean }, command: Command) => {
      const output = outputOf(command);
      const { runTests } = await import("../test/run-tests.js");
      const test = async () => {
        const summary = await runTests(dir, output);
        const { specs, hostTests } = summary;
        output.result(summary, `${specs.passed + hostTests.passed} passed, 0 failed`);
      };
      if (!flags.watch) return test();
      const { repeatOnChange } = await import("../watch/repeat-on-change.js");
      const { filterSources } = await import("../filter/sources.js");
      await repeatOnChange([...filterSources(dir), join(dir, "test")], output, test);
    });
}
