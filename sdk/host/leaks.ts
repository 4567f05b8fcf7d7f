import { MeshwasmError } from "./errors.js";

/** Whom {@link assertNoLeaks} looks at. */
export interface Leaky {
  /** What is left, a line each. */
  readonly leaks: readonly string[];
  /** Bytes of memory that the guest has. */
  readonly memorySize: number;
}

/**
 * Asserts that nothing is left, and that the guest's memory stays as it is while something is repeated. A quarter of the rounds
 * warms up.
 *
 * @throws MeshwasmError `LEAK` with a line for each thing, and whatever `repeat` throws
 */
export function assertNoLeaks(of: Leaky, repeat: (() => unknown) | undefined, rounds: number): void {
  const problems: string[] = [];
  if (repeat !== undefined) {
    const warmUp = Math.ceil(rounds / 4);
    for (let round = 0; round < warmUp; round++) repeat();
    const before = of.memorySize;
    for (let round = warmUp; round < rounds; round++) repeat();
    const after = of.memorySize;
    if (after > before)
      problems.push(
        `the guest's memory grew from ${before >> 10} to ${after >> 10} KiB in ${rounds - warmUp} rounds after ${warmUp}`,
      );
  }
  problems.push(...of.leaks);
  if (problems.length === 0) return;
  const shown = problems.slice(0, MAX_SHOWN).map((line) => `\n  ${line}`);
  const more = problems.length > MAX_SHOWN ? `\n  and ${problems.length - MAX_SHOWN} more` : "";
  throw new MeshwasmError("LEAK", `left behind:${shown.join("")}${more}`, {
    hint: "let every stream, callout and queue come to its end before: answer, resume, disconnect, or host.advance(ms)",
  });
}

const MAX_SHOWN = 20;
