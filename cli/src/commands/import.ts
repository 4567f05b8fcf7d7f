import { Command } from "commander";
import { outputOf } from "../global-options.js";
import { maskedByDefault } from "../record/masked-names.js";

interface ImportFlags {
  output: string;
  mask?: string[];
  filter?: string;
  config?: string;
}

/** `meshwasm import`. */
export function importCommand(): Command {
  return new Command("import")
    .description("make declarative cases of a HAR file or of what Envoy's tap filter wrote")
    .argument("<file...>", "HTTP archives, or JSON of Envoy's tap filter, buffered or streamed")
    .option("-o, --output <dir>", "where the cases go", "test/imported")
    .option("--filter <dir>", "expect what this filter (a folder or a module) makes of each exchange now")
    .option("--config <file>", "that filter's configuration, JSON or YAML")
    .option(
      "--mask <name>",
      "a header, query parameter, form or JSON field to mask too; may be repeated",
      collect,
    )
    .addHelpText(
      "after",
      `
Examples:
  meshwasm import session.har --filter .
  meshwasm import tap_*.json -o test/tapped --mask x-session

The answer in the file is what the upstream answers in the case. Without --filter the case expects its status only.
* stands for secrets: ${maskedByDefault.join(", ")}, and what --mask names.`,
    )
    .action(async (files: string[], flags: ImportFlags, command: Command) => {
      const output = outputOf(command);
      const { importCases } = await import("../import/import-cases.js");
      const document = await importCases(files, { ...flags, onWarning: (line) => output.warn(line) });
      output.result(document, document.files.join("\n"));
    });
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
