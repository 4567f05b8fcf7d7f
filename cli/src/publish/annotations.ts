import { InvalidArgumentError } from "commander";

/** Collects repeated `key=value` flags; commander prints the error with the flag's name. */
export function collectPairs(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write it as key=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
