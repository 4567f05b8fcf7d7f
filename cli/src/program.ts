import { Command } from "commander";
import { benchCommand } from "./commands/bench.js";
import { buildCommand } from "./commands/build.js";
import { copyCommand } from "./commands/copy.js";
import { deleteCommand } from "./commands/delete.js";
import { diffCommand } from "./commands/diff.js";
import { disableCommand } from "./commands/disable.js";
import { doctorCommand } from "./commands/doctor.js";
import { enableCommand } from "./commands/enable.js";
import { generateCommand } from "./commands/generate.js";
import { importCommand } from "./commands/import.js";
import { initCommand } from "./commands/init.js";
import { inspectCommand } from "./commands/inspect.js";
import { listCommand } from "./commands/list.js";
import { loginCommand } from "./commands/login.js";
import { logoutCommand } from "./commands/logout.js";
import { operatorCommand } from "./commands/operator.js";
import { pullCommand } from "./commands/pull.js";
import { pushCommand } from "./commands/push.js";
import { runCommand } from "./commands/run.js";
import { signCommand } from "./commands/sign.js";
import { statusCommand } from "./commands/status.js";
import { tagCommand } from "./commands/tag.js";
import { testCommand } from "./commands/test.js";
import { verifyCommand } from "./commands/verify.js";
import { addGlobalOptions } from "./global-options.js";
import { cliVersion } from "./version.js";

const commands = [
  initCommand,
  generateCommand,
  buildCommand,
  testCommand,
  runCommand,
  benchCommand,
  importCommand,
  pushCommand,
  pullCommand,
  inspectCommand,
  listCommand,
  tagCommand,
  copyCommand,
  deleteCommand,
  signCommand,
  verifyCommand,
  loginCommand,
  logoutCommand,
  enableCommand,
  diffCommand,
  disableCommand,
  statusCommand,
  operatorCommand,
  doctorCommand,
];

/** The whole command line. A command's work is imported when it runs, so that `--version` stays quick. */
export function createProgram(): Command {
  const program = addGlobalOptions(new Command("meshwasm"))
    .description("Envoy filters in TypeScript: build, test, run and publish them")
    .version(cliVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
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
    // main prints the errors: with --json they are documents.
    .configureOutput({ outputError: () => {} })
    // Else the program would take the --debug of build for its own: each command has all of them.
    .enablePositionalOptions()
    .exitOverride();
  for (const create of commands) {
    const command = addGlobalOptions(create()).helpOption("-h, --help", "print help");
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program.addCommand(helpCommand(program));
}

/** Commander's own one prints the general help for a verb that is none. */
function helpCommand(program: Command): Command {
  return addGlobalOptions(new Command("help"))
    .helpOption("-h, --help", "print help")
    .description("print help for a command")
    .argument("[command]")
    .copyInheritedSettings(program)
    .action(async (name?: string) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (command) command.outputHelp();
      // As if it had been the verb: the error suggests a similar one.
      else await program.parseAsync([name ?? ""], { from: "user" });
    });
}
