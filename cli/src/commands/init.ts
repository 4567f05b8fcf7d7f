import { Command, Option } from "commander";
import type { FilterKind } from "../filter/manifest.js";
import { outputOf } from "../global-options.js";

interface Flags {
  kind: FilterKind;
  name?: string;
}

/** `meshwasm init`. */
export function initCommand(): Command {
  return new Command("init")
    .description("make a filter that builds and passes its tests at once")
    .argument("<dir>", "the folder to make; it must be empty or not exist")
    .addOption(
      new Option("--kind <kind>", "which chain it is for").choices(["http", "network"]).default("http"),
    )
    .option("--name <name>", "the filter's name (default: the folder's)")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm init my-filter
  meshwasm init filters/greeter --kind network --name tcp-greeter`,
    )
    .action(async (dir: string, { kind, name }: Flags, command: Command) => {
      const output = outputOf(command);
      const { createFilter } = await import("../init/create-filter.js");
      const result = await createFilter(dir, { kind, ...(name !== undefined && { name }) });
      output.result(
        result,
        [
          `made ${result.dir}`,
          "",
          `  cd ${dir}`,
          "  npm install",
          "  npx meshwasm build",
          "  npx meshwasm test",
        ].join("\n"),
      );
    });
}
