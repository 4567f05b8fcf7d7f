import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

/** How a process ended; exactly one of the two is not null. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface GuardedChild {
  pid: number;
  /** Resolves once the process has ended and all of its stderr was read. */
  exited: Promise<ChildExit>;
  /** Ends the process and its guard, and removes the folder; may be called again at any time. */
  stop(graceMs: number): Promise<void>;
}

/**
 * A shell that becomes the program, after it left a guard behind. The guard reads its end of a pipe: when that ends, the
 * parent has stopped or died (even by SIGKILL), so it ends everything in the process group and removes the folder.
 */
const script = `
exec 3<&0 </dev/null
( trap '' INT TERM HUP
  cat <&3; kill -TERM 0; sleep 1; rm -rf -- "$1"; kill -KILL 0 ) >/dev/null 2>&1 &
exec 3<&-
shift
exec "$@"`;

/**
 * Starts a program that must not outlive this process, and that owns a temporary folder which must not either. It has a
 * process group of its own, so a Ctrl-C at the terminal reaches it only through `stop`.
 *
 * @param onLine called with each line of its stderr; its stdout is dropped
 */
export async function startGuarded(
  command: readonly string[],
  folder: string,
  onLine: (line: string) => void,
): Promise<GuardedChild> {
  const child: ChildProcess = spawn("/bin/sh", ["-c", script, "meshwasm", folder, ...command], {
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const exited = new Promise<ChildExit>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  child.stdin?.on("error", () => {});
  if (child.stderr) createInterface({ input: child.stderr }).on("line", onLine);
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const pid = child.pid as number;

  const sweep = () => {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", sweep);
  const swept = exited.then(() => {
    sweep();
    process.off("exit", sweep);
  });

  let stopping: Promise<void> | undefined;
  const end = async (graceMs: number) => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await swept;
    clearTimeout(timer);
  };
  return {
    pid,
    exited,
    stop(graceMs) {
      stopping ??= end(graceMs);
      return stopping;
    },
  };
}
