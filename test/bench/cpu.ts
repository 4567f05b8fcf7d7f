import { readFile } from "node:fs/promises";

/** Linux counts process times in hundredths of a second. */
const millisPerTick = 10;

/** User and system time of a process, in milliseconds. */
export async function cpuMillis(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * millisPerTick;
}
