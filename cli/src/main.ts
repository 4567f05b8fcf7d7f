import { CommanderError } from "commander";
import { isMeshwasmError } from "./errors.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

/**
 * Runs the CLI.
 *
 * @param args the arguments after the program's name
 * @returns the exit code: 0 done, 1 the work failed, 2 bad usage or a bad input file, 3 a remote side failed
 */
export async function main(args: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its message already: --help and --version end here too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    reportError(error, args);
    return isMeshwasmError(error) ? error.exitCode : 1;
  }
}
