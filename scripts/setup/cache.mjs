import { access, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The user's folder for big parts, shared by all clones. */
export function cacheFolder() {
  return process.env.MESHWASM_CACHE || join(homedir(), ".cache", "meshwasm");
}

/**
 * The cache's folder of that name. It is there whole or not at all: `fill(partial)` fills another one, which is then
 * renamed. Of two runs at once one fills it and the other waits. The name carries the version of what is in it.
 */
export async function cached(name, fill) {
  const folder = join(cacheFolder(), name);
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`, name);
  const partial = `${folder}.${process.pid}.partial`;
  try {
    if (await exists(folder)) return folder;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    await fill(partial);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
    await unlock();
  }
  return folder;
}

/** Whether something is at that path. */
export async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Holds a lock file with our process id. That of a process which is gone is taken away. */
async function lock(file, what) {
  for (let said = false; ; await sleep(500)) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (await abandoned(file)) await rm(file, { force: true });
    else if (!said) {
      said = true;
      console.log(`waiting for another run that installs ${what} (its lock: ${file})`);
    }
  }
}

async function abandoned(file) {
  try {
    const pid = Number(await readFile(file, "utf8"));
    // Just opened by another run, its number not yet written; or left so by a crash.
    if (!pid) return Date.now() - (await stat(file)).mtimeMs > 10_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
