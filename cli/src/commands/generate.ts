import { relative } from "node:path";
import { Command } from "commander";
import { MeshwasmError } from "../errors.js";
import { outputOf } from "../global-options.js";

/** `meshwasm generate`. */
export function generateCommand(): Command {
  return new Command("generate")
    .description("make assembly/config.ts, the typed configuration, from config.schema.json")
    .argument("[dir]", "the filter's folder", ".")
    .option("--check", "write nothing; fail when the file is not up to date")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm generate
  meshwasm generate filters/rate-limit --check

meshwasm build does the same for a filter whose index.ts imports ./config.`,
    )
    .action(async (dir: string, flags: { check?: boolean }, command: Command) => {
      const output = outputOf(command);
      const { loadFilter } = await import("../filter/load.js");
      const { configFile, writeConfigFile } = await import("../config-class/config-file.js");
      const filter = await loadFilter(dir);
      const { path, current } = await (flags.check ? configFile(filter) : writeConfigFile(filter));
      if (flags.check && !current) {
        throw new MeshwasmError("WORK_FAILED", `${path}:1:1: not what config.schema.json gives`, {
          hint: "run: meshwasm generate",
        });
      }
      const name = relative(process.cwd(), path) || path;
      output.result({ path, changed: !current }, current ? `${name} is up to date` : `made ${name}`);
    });
}
