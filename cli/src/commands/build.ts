import { Command } from "commander";
import { outputOf } from "../global-options.js";

interface Flags {
  output?: string;
  debug?: boolean;
  watch?: boolean;
}

/** `meshwasm build`. */
export function buildCommand(): Command {
  return new Command("build")
    .description("compile a filter to WebAssembly")
    .argument("[dir]", "the filter's folder", ".")
    .option("-o, --output <file>", "where the module goes (default: DIR/build/filter.wasm)")
    .option("--debug", "keep names and write a source map; print stacks of errors")
    .option("--watch", "build again when a file changes")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm build
  meshwasm build filters/rate-limit -o rate-limit.wasm
  meshwasm build --json | jq -r .sha256`,
    )
    .action(async (dir: string, flags: Flags, command: Command) => {
      const output = outputOf(command);
      const { loadFilter } = await import("../filter/load.js");
      const { buildFilter } = await import("../build/build.js");
      const { describeBuild } = await import("../build/describe.js");
      const build = async () => {
        const result = await buildFilter(await loadFilter(dir), {
          ...(flags.debug && { debug: true }),
          ...(flags.output !== undefined && { out: flags.output }),
          onWarning: (line) => output.warn(line),
        });
        output.result(result, describeBuild(result));
      };
      if (!flags.watch) return build();
      const { repeatOnChange } = await import("../watch/repeat-on-change.js");
      const { filterSources } = await import("../filter/sources.js");
      await repeatOnChange(filterSources(dir), output, build);
    });
}
