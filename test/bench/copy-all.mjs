// Copies all of a repository in one process. Usage: node copy-all.mjs MAX-BLOB-BYTES SOURCE TARGET
// Its last line on stdout is the peak of its memory in KiB.

import { readFileSync } from "node:fs";
import { copyAll } from "@meshwasm/oras";

const [limit, source, target] = process.argv.slice(2);
await copyAll(source, target, { maxLayerBytes: Number(limit) });
console.log(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
