import { MeshwasmError } from "./errors.js";

/** Whom {@link assertNoLeaks} looks at. */
export interface Leaky {
  /** What is left, a line each. */
  readonly leaks: readonly string[];
  /** Bytes of memory that the guest has. */
  readonly memorySize: number;
}

/**
 * Asserts that nothing is left, and that the guest's memory does not go on growing while something is repeated. A quarter of the
 * rounds warms up; when it grew in the others, four times as many must show it again.
 *
 * @throws MeshwasmError `LEAK` with a line for each thing, and whatever `repeat` throws
 */
export function assertNoLeaks(of: Leaky, repeat: (() => unknown) | undefined, rounds: number): void {
  const problems: string[] = [];
  if (repeat !== undefined) {
    const warmUp = Math.ceil(rounds / 4);
    const after = (from: number, to: number) => {
      for (let round = from; round < to; round++) repeat();
      return of.memorySize;
    };
    const before = after(0, warmUp);
    const first = after(warmUp, rounds);
    // A collector lets garbage lie until a page is full. Guests double their memory: who loses some every time needs more again
    // within four times as many rounds.
    const last = first > before ? after(rounds, 4 * rounds) : first;
    if (last > first)
      problems.push(
        `the guest's memory grew from ${before >> 10} to ${last >> 10} KiB in ${4 * rounds - warmUp} rounds after ${warmUp}`,
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
