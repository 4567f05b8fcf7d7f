import { Command } from "commander";
import { outputOf } from "../global-options.js";

const examples = `
Examples:
  meshwasm doctor          which parts are here, and how to get the others
  meshwasm doctor --json   the same for a script

Exit code 0 when all that build, test and push need is here, else 1.`;

/** `meshwasm doctor`: which parts are on this machine, and how to get those that are not. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("say which parts are on this machine, and how to get the others")
    .addHelpText("after", examples)
    .action(async (_options: object, command: Command) => {
      const { examine, formatReport } = await import("../doctor/doctor.js");
      const report = await examine(process.cwd());
      outputOf(command).result(report, formatReport(report));
      if (!report.ok) process.exitCode = 1;
    });
}
