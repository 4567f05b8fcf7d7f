import type { Output } from "../output.js";
import { reportError } from "../report-error.js";
import { onTermination } from "./termination.js";
import { watchPaths } from "./watch-paths.js";

/**
 * Runs `work` now and after each change of files or folders, one run at a time, until Ctrl-C. An error is printed and the
 * watch goes on.
 */
export async function repeatOnChange(
  paths: readonly string[],
  output: Output,
  work: () => Promise<void>,
): Promise<void> {
  const termination = onTermination();
  const attempt = async () => {
    await work().catch((error: unknown) => reportError(error, output.debug ? ["--debug"] : []));
    output.info("watching for changes (Ctrl-C stops)");
  };
  try {
    const ended = new Promise((resolve) =>
      termination.signal.addEventListener("abort", resolve, { once: true }),
    );
    const watching = await watchPaths(paths, attempt, { atOnce: true });
    await ended;
    await watching.close();
  } finally {
    termination.dispose();
  }
}
