import { Command } from "commander";
import { buildCommand } from "./commands/build.js";
import { doctorCommand } from "./commands/doctor.js";
import { initCommand } from "./commands/init.js";
import { inspectCommand } from "./commands/inspect.js";
import { pullCommand } from "./commands/pull.js";
import { pushCommand } from "./commands/push.js";
import { runCommand } from "./commands/run.js";
import { testCommand } from "./commands/test.js";
import { addGlobalOptions } from "./global-options.js";
import { cliVersion } from "./version.js";

const commands = [
  initCommand,
  buildCommand,
  testCommand,
  runCommand,
  pushCommand,
  pullCommand,
  inspectCommand,
  doctorCommand,
];

/** The whole command line. A command's work is imported when it runs, so that `--version` stays quick. */
export function createProgram(): Command {
  const program = addGlobalOptions(new Command("meshwasm"))
    .description("Envoy filters in TypeScript: build, test, run and publish them")
    .version(cliVersion(), "--version", "print the version")
    .helpOption("--help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showHelpAfterError("(meshwasm help COMMAND shows the flags and examples)")
    .addHelpText(
      "after",
      `
Examples:
  meshwasm init my-filter && cd my-filter && npm install
  meshwasm build
  meshwasm test
  meshwasm run
  meshwasm push registry.example.com/filters/my-filter:1.0.0

Exit codes: 0 done; 1 the work failed; 2 bad usage or a bad input file; 3 a remote side failed`,
    )
    .exitOverride();
  for (const create of commands) {
    const command = addGlobalOptions(create()).helpOption("--help", "print help").exitOverride();
    program.addCommand(
      command.showHelpAfterError(`(meshwasm help ${command.name()} shows the flags and examples)`),
    );
  }
  return program;
}
