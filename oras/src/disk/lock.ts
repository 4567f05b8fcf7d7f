import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import { diskError, isAbsent } from "./disk-error.js";

/** How {@link withLock} waits. */
export interface LockOptions<T> {
  /** Milliseconds until it gives up. Absent: 60,000. */
  waitMs?: number;
  /** Milliseconds after which another machine's lock counts as left behind. Absent: 30,000. */
  staleMs?: number;
  /** What to do instead of waiting while another process holds it. Absent: it waits. */
  whenHeld?: () => Promise<T>;
}

/**
 * Runs work while holding a lock file, so that of several processes only one does it at a time. A lock whose process
 * is gone, or that is older than any work takes, is removed.
 * @throws MeshwasmError FILE_FAILED when the lock cannot be made, or is held for too long.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions<T> = {},
): Promise<T> {
  const { waitMs = 60_000, staleMs = 30_000 } = options;
  const own = `${process.pid} ${randomBytes(8).toString("hex")} ${hostname()}`;
  const deadline = Date.now() + waitMs;
  while (!(await take(path, own))) {
    if (await isStale(path, staleMs)) await remove(path);
    else if (options.whenHeld) return options.whenHeld();
    else if (Date.now() > deadline) {
      throw new MeshwasmError("FILE_FAILED", `${path} has been held by another process for ${waitMs} ms`, {
        hint: "remove that file if nothing writes there",
      });
    }
    await sleep(5 + Math.random() * 20);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function take(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw diskError(cause, "written", path);
  }
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const [pid = "", , host = ""] = content.split(" ");
    if (host === hostname() && /^[1-9][0-9]*$/.test(pid)) return !isRunning(Number(pid));
    return Date.now() - mtimeMs > staleMs;
  } catch (cause) {
    if (isAbsent(cause)) return false;
    throw diskError(cause, "read", path);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

// Two that find the same lock stale must not remove the one that a third takes in between: the name is moved away
// first, and what turns out to be alive is put back.
async function remove(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  try {
    await rename(path, aside);
    if (!(await isStale(aside, 0))) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  } catch (cause) {
    if (!isAbsent(cause)) throw diskError(cause, "removed", path);
  }
}
