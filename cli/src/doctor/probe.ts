import { execFile } from "node:child_process";

/** What a look at one part found. */
export interface Found {
  version?: string;
  path?: string;
  /** Where it was found, when there are several places. */
  source?: string;
  /** What the person should know although the part is here. */
  note?: string;
}

/** How one part is found out about. `undefined` means that it is not here; a string says why it cannot be used. */
export type Probe = (dir: string, env: NodeJS.ProcessEnv) => Promise<Found | string | undefined>;

/** How long a program may take to say its version, in milliseconds. */
const timeoutMs = 15_000;

/**
 * A probe that runs a program of the PATH and takes the version out of what it prints.
 *
 * @param pattern its first group is the version; without a match it is absent
 */
export function programProbe(program: string, args: readonly string[], pattern = /(\d+(?:\.\d+)+)/): Probe {
  return (dir, env) =>
    new Promise((resolve) => {
      execFile(program, args, { cwd: dir, env, timeout: timeoutMs }, (error, stdout, stderr) => {
        const { code } = (error ?? {}) as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "EACCES") return resolve(undefined);
        if (error)
          return resolve(
            `${program} ${args.join(" ")} failed: ${stderr.trim().split("\n").at(-1) || error.message}`,
          );
        const version = pattern.exec(stdout + stderr)?.[1];
        resolve(version === undefined ? {} : { version });
      });
    });
}
