// Preloaded into a process of the CLI: says at its end how much memory it had at most.
import { readFileSync } from "node:fs";

process.on("exit", () => {
  // getrusage would count the process that started this one, as it was before exec.
  const status = readFileSync("/proc/self/status", "utf8");
  process.stderr.write(`peak memory ${/VmHWM:\s*(\d+) kB/.exec(status)?.[1]} KiB\n`);
});
