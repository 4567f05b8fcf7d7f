import { basename } from "node:path";
import { watch } from "chokidar";

/** How long after the last change of a burst the work begins, in milliseconds: an editor's save is often several. */
const quietMs = 100;

/** A running watch. */
export interface Watching {
  /** Ends it, and waits for the work that is under way. */
  close(): Promise<void>;
}

export interface WatchOptions {
  /** Paths that do not count, beside files named as `.x`. Absent: none. */
  ignored?: (path: string) => boolean;
  /** Whether to call once at the start, with no path. Absent: only after a change. */
  atOnce?: boolean;
}

/**
 * Calls `onChange` after files or folders change, appear or go, once per burst and never twice at the same time; what
 * changes while it works brings one more call.
 *
 * @param onChange gets the paths that changed since it was called last; it must not reject
 * @returns once the watch is in place
 */
export async function watchPaths(
  paths: readonly string[],
  onChange: (changed: ReadonlySet<string>) => Promise<void>,
  options: WatchOptions = {},
): Promise<Watching> {
  const ignored = (path: string) => basename(path).startsWith(".") || options.ignored?.(path) === true;
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
  if (options.atOnce) work = work.then(() => onChange(new Set()));
  return {
    async close() {
      await watcher.close();
      clearTimeout(timer);
      await work;
    },
  };
}
