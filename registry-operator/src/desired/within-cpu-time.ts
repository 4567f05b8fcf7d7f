import { createContext, Script } from "node:vm";

/** How often work is begun again that got too little of a busy machine. */
const attempts = 3;
/** Made once: a context is a megabyte. */
const context = createContext({ work: () => {} });
const script = new Script("work()");

/**
 * Runs work that may never end. The limit that Node offers (`timeout` of `vm`, which holds for regular expressions too) is by
 * the clock on the wall; where that ran out and the process had not got so much of the CPU since the beginning, the
 * work begins again, with twice the time.
 *
 * @throws what the work throws; an error with the code ERR_SCRIPT_EXECUTION_TIMEOUT
 */
export function withinCpuTime<T>(millis: number, work: () => T): T {
  const before = process.cpuUsage();
  for (let attempt = 1; ; attempt++) {
    try {
      context.work = work;
      return script.runInContext(context, { timeout: millis * 2 ** (attempt - 1) });
    } catch (error) {
      const { user, system } = process.cpuUsage(before);
      const starved = (user + system) / 1000 < millis;
      const timedOut = (error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      if (!timedOut || !starved || attempt === attempts) throw error;
    }
  }
}
