import { createColors } from "picocolors";
import { isMeshwasmError } from "./errors.js";

/** Prints an error for a person on stderr, and with `--json` as a document on stdout; a stack only with `--debug`. */
export function reportError(error: unknown, args: readonly string[]): void {
  const known = isMeshwasmError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (args.includes("--json")) {
    const { code, hint, details } = known ? error : { code: "INTERNAL", hint: undefined, details: undefined };
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, details } }, null, 2)}\n`);
  }
  const color = process.stderr.isTTY === true && !process.env.NO_COLOR && !args.includes("--no-color");
  const paint = createColors(color);
  for (const line of message.split("\n")) process.stderr.write(`${paint.red("error:")} ${line}\n`);
  if (known && error.hint) {
    for (const line of error.hint.split("\n")) process.stderr.write(`${paint.cyan("hint:")} ${line}\n`);
  }
  if (!known && !args.includes("--debug")) {
    process.stderr.write(`${paint.cyan("hint:")} this is a fault in meshwasm; --debug shows where\n`);
  }
  if (args.includes("--debug") && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
      process.stderr.write(`caused by: ${cause.stack}\n`);
    }
  }
}
