import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startOperated } from "../mesh/operated.js";
import { Scene } from "../mesh/scene.js";
import { type KillReport, killAtRandom } from "./kills.js";

const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } });
const rounds = Number(values.rounds ?? 50);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const report = fileURLToPath(new URL("./REPORT.md", import.meta.url));

console.log(`${rounds} rounds, seed ${seed}`);
const operated = await startOperated();
let done = false;
try {
  const scene = await Scene.make(operated.mesh, { replicas: 3 });
  const result = await killAtRandom(operated, scene, { rounds, seed, onRound: (text) => console.log(text) });
  const text = reportOf(result);
  console.log(`\n${text}`);
  await writeFile(report, text);
  done = result.failed === 0 && result.closed === 0;
} finally {
  await operated.mesh.stop({ keepLogs: !done });
}
if (!done) process.exitCode = 1;

function reportOf({ requests, failed, failures, closed, seconds, kills }: KillReport): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  return `# The last long run

Made by \`npm run test:soak\` on ${date}, with Node ${process.versions.node} on ${availableParallelism()} cores. Each round changes the
version and the configuration of a filter on three pods, and kills the operator or agents at a random moment of that; a round
ends when every pod runs what it shall.

| | |
| --- | --- |
| rounds, seed | ${rounds}, ${seed} |
| SIGKILL of the operator, of an agent | ${kills.operator}, ${kills.agent} |
| seconds to converge: median, slowest | ${at(0.5)}, ${at(1)} |
| requests meanwhile | ${requests} |
| failed | ${failed}${failures.length > 0 ? ` (${failures.join("; ")})` : ""} |
| connections closed | ${closed} |
`;
}
