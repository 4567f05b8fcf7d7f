import { spawn } from "node:child_process";

/** How {@link runProgram} runs. */
export interface RunProgramOptions {
  /** Added to our own environment; undefined takes one away. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Written to standard input; absent: it is empty. */
  stdin?: string | Uint8Array;
}

/** Runs a program to its end and returns its standard output. @throws Error with all that it said when it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<Buffer> {
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => errors.push(chunk));
  child.stdin.on("error", () => {}).end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(output));
      const said = Buffer.concat([...errors, ...output]).toString();
      reject(new Error(`${program} ${args.join(" ")} ended with ${code ?? signal}\n${said}`));
    });
  });
}
