import type { Command, CommanderError } from "commander";
import { MeshwasmError } from "./errors.js";

/** A complaint of the argument parser as an error like all others: its suggestion and the way to the help are hints. */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): MeshwasmError {
  const command = program.commands.find((each) => each.name() !== "help" && args.includes(each.name()));
  const [message = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /\((Did you mean .*)\)/.exec(more.join(" "))?.[1];
  const help = `meshwasm help ${command?.name() ?? "COMMAND"} shows the flags and examples`;
  const hint = suggestion ? `${suggestion.replace(/^D/, "d")}\n${help}` : help;
  // With no arguments at all commander prints the help and has no words.
  const words = message === "(outputHelp)" ? "no command was given" : message;
  return new MeshwasmError("USAGE", words, { hint, cause: error });
}
