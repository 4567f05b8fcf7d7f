import { CommanderError } from "commander";
import { isMeshwasmError } from "./errors.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";
import { usageError } from "./usage-error.js";

/**
 * Runs the CLI.
 *
 * @param args the arguments after the program's name
 * @returns the exit code: 0 done, 1 the work failed, 2 bad usage or a bad input file, 3 a remote side failed
 */
export async function main(args: string[]): Promise<number> {
  // A reader that has seen enough, as `head` does, is no failure: the work goes on, its words go nowhere.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    // --help and --version end here too, printed and with 0.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const error = thrown instanceof CommanderError ? usageError(thrown, program, args) : thrown;
    reportError(error, args);
    return isMeshwasmError(error) ? error.exitCode : 1;
  }
}
