import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type FSWatcher, watch } from "chokidar";

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
  const watchers = [watch([...paths], { ignoreInitial: true, ignored, atomic: true }), ...missingIn(paths)];
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  let changed = new Set<string>();
  const onEvent = (path: string) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(() => {
        const batch = changed;
        changed = new Set();
        return batch.size > 0 ? onChange(batch) : undefined;
      });
    }, quietMs);
  };
  for (const watcher of watchers) watcher.on("all", (_event, path) => onEvent(path));
  await Promise.all(watchers.map(isReady));
  if (options.atOnce) work = work.then(() => onChange(new Set()));
  return {
    async close() {
      await Promise.all(watchers.map((watcher) => watcher.close()));
      clearTimeout(timer);
      await work;
    },
  };
}

/** A watch says that it is ready before it looks out for paths that are not there; one of their folders does not. */
function missingIn(paths: readonly string[]): FSWatcher[] {
  const missing = paths.filter((path) => !existsSync(path) && existsSync(dirname(path)));
  if (missing.length === 0) return [];
  const folders = new Set(missing.map((path) => dirname(path)));
  const ignored = (path: string) => !folders.has(path) && !missing.includes(path);
  return [watch([...folders], { ignoreInitial: true, ignored, atomic: true, depth: 0 })];
}

function isReady(watcher: FSWatcher): Promise<void> {
  return new Promise((resolve, reject) => watcher.once("ready", resolve).once("error", reject));
}
