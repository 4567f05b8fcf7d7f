import { sep } from "node:path";
import { watch } from "chokidar";

/** How long after the last change of a burst the work begins, in milliseconds: an editor's save is often several. */
const quietMs = 100;

/** A running watch. */
export interface Watching {
  /** Ends it, and waits for the work that is under way. */
  close(): Promise<void>;
}

/**
 * Calls `onChange` after files or folders change, appear or go, once per burst and never twice at the same time; what
 * changes while it works brings one more call. Files named as `.x`, and the specs in `__tests__`, do not count.
 *
 * @param onChange gets the paths that changed since it was called last; it must not reject
 * @returns once the watch is in place
 */
export async function watchPaths(
  paths: readonly string[],
  onChange: (changed: ReadonlySet<string>) => Promise<void>,
): Promise<Watching> {
  const ignored = (path: string) =>
    path.includes(`${sep}__tests__`) || (path.split(sep).at(-1) ?? "").startsWith(".");
  const watcher = watch([...paths], { ignoreInitial: true, ignored, atomic: true });
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  let changed = new Set<string>();
  watcher.on("all", (_event, path) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(() => {
        const batch = changed;
        changed = new Set();
        return batch.size > 0 ? onChange(batch) : undefined;
      });
    }, quietMs);
  });
  await new Promise<void>((resolve, reject) => watcher.once("ready", resolve).once("error", reject));
  return {
    async close() {
      await watcher.close();
      clearTimeout(timer);
      await work;
    },
  };
}
