// Copies artifacts in one process, eight at a time. Usage: node copy-many.mjs MAX-BLOB-BYTES TARGET REF...
// Each goes to TARGET under its own tag. Its last line on stdout is the peak of its memory in KiB.

import { readFileSync } from "node:fs";
import { copy } from "@meshwasm/oras";

const [limit, target, ...refs] = process.argv.slice(2);
const options = { maxLayerBytes: Number(limit) };
const work = async () => {
  for (let ref = refs.pop(); ref !== undefined; ref = refs.pop()) await copy(ref, target, options);
};
await Promise.all(Array.from({ length: 8 }, work));
console.log(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
