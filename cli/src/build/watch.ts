import { relative, resolve } from "node:path";
import { watch } from "chokidar";
import type { Output } from "../output.js";
import { reportError } from "../report-error.js";

/** Changes that come together, as an editor's save or a branch switch makes them, give one build. */
const settleMillis = 50;

/**
 * Runs `work` now and after each change of the filter's sources, one run at a time, until Ctrl-C. An error is printed
 * and the watch goes on.
 */
export async function watchFilter(dir: string, output: Output, work: () => Promise<void>): Promise<void> {
  const root = resolve(dir);
  let dirty = true;
  let wake = () => {};
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => /^(?:build|node_modules|\.git)(?:\/|$)/.test(relative(root, path)),
  });
  watcher.on("all", () => {
    dirty = true;
    wake();
  });
  let stopped = false;
  const stop = () => {
    stopped = true;
    wake();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    while (!stopped) {
      if (dirty) {
        await new Promise((done) => setTimeout(done, settleMillis));
        dirty = false;
        await work().catch((error: unknown) => reportError(error, output.debug ? ["--debug"] : []));
        output.info(`watching ${root} (Ctrl-C stops)`);
      }
      if (!dirty && !stopped) await new Promise<void>((done) => (wake = done));
    }
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    await watcher.close();
  }
}
