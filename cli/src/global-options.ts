import type { Command } from "commander";
import { Output } from "./output.js";

interface GlobalFlags {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  debug?: boolean;
  color?: boolean;
}

const globalOptions: readonly [flags: string, description: string][] = [
  ["--json", "print one JSON document on stdout, and nothing else there"],
  ["--quiet", "print warnings and errors only"],
  ["--verbose", "say more on the way"],
  ["--debug", "print the stack of an error"],
  ["--no-color", "no colours (NO_COLOR does the same)"],
];

/** Adds the flags that every command has; they may stand before or after the verb. One that it has already stays. */
export function addGlobalOptions(command: Command): Command {
  for (const [flags, description] of globalOptions) {
    if (!command.options.some((option) => option.long === flags)) command.option(flags, description);
  }
  return command;
}

/** The Output for the flags given to `command` or to its parents. */
export function outputOf(command: Command): Output {
  const flags: GlobalFlags = {};
  for (let at: Command | null = command; at; at = at.parent) {
    const own = at.opts<GlobalFlags>();
    flags.json ||= own.json === true;
    flags.quiet ||= own.quiet === true;
    flags.verbose ||= own.verbose === true;
    flags.debug ||= own.debug === true;
    if (own.color === false) flags.color = false;
  }
  return new Output(flags);
}
