import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startOperated } from "../mesh/operated.js";
import { Scene } from "../mesh/scene.js";
import { killAtRandom } from "./kills.js";
import { killsPage, scalePage } from "./report.js";
import { measureScale, type ScaleReport } from "./scale.js";

// Usage: npm run test:soak [-- kills | scale] [--rounds N] [--seed N] [--filters N,N]; absent: both.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, seed: { type: "string" }, filters: { type: "string" } },
});
const wants = (what: string) => positionals.length === 0 || positionals.includes(what);

if (wants("kills")) await kills(Number(values.rounds ?? 50), Number(values.seed ?? Date.now() % 1_000_000));
if (wants("scale")) await scale((values.filters ?? "100,300,1000").split(",").map(Number));

async function kills(rounds: number, seed: number): Promise<void> {
  console.log(`${rounds} rounds, seed ${seed}`);
  const operated = await startOperated();
  let done = false;
  try {
    const scene = await Scene.make(operated.mesh, { replicas: 3 });
    const result = await killAtRandom(operated, scene, {
      rounds,
      seed,
      onRound: (text) => console.log(text),
    });
    await publish("REPORT.md", killsPage(result, { rounds, seed }));
    done = result.failed === 0 && result.closed === 0;
  } finally {
    await operated.mesh.stop({ keepLogs: !done });
  }
  if (!done) process.exitCode = 1;
}

async function scale(sizes: readonly number[]): Promise<void> {
  const reports: ScaleReport[] = [];
  for (const filters of sizes)
    reports.push(await measureScale({ filters, nodes: filters }, (text) => console.log(text)));
  await publish("SCALE.md", scalePage(reports));
}

async function publish(name: string, text: string): Promise<void> {
  console.log(`\n${text}`);
  await writeFile(fileURLToPath(new URL(`./${name}`, import.meta.url)), text);
}
