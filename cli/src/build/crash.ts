import { stripVTControlCharacters } from "node:util";

/** asc met a fault of its own. */
export class CompilerCrash extends Error {
  override readonly name = "CompilerCrash";
}

/**
 * Runs asc so that a crash of it is an error like any other: by itself it prints to the console and ends the process,
 * ours. One call at a time.
 *
 * @throws CompilerCrash with asc's own stack trace as its message
 */
export async function containCrash<T>(work: () => Promise<T>): Promise<T> {
  const { exit } = process;
  const { error } = console;
  let printed = "";
  console.error = (...words: unknown[]) => {
    printed += `${words.join(" ")}\n`;
  };
  process.exit = () => {
    // asc paints its frame where it believes in colours, which it does under CI too.
    throw new CompilerCrash(
      stripVTControlCharacters(printed)
        .replaceAll(/^(?:▌ ?)?\s*/gm, "")
        .trim(),
    );
  };
  try {
    return await work();
  } finally {
    process.exit = exit;
    console.error = error;
  }
}
