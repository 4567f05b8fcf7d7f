import { availableParallelism } from "node:os";
import type { KillReport } from "./kills.js";
import type { ScaleReport } from "./scale.js";

/** The page about a run of kills. */
export function killsPage(
  { requests, failed, failures, closed, seconds, kills }: KillReport,
  { rounds, seed }: { rounds: number; seed: number },
): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `# The last long run

${madeBy("kills")} Each round changes the
version and the configuration of a filter on three pods, and kills the operator or agents at a random moment of that; a round
ends when every pod runs what it shall. Meanwhile requests, a TCP and a gRPC stream go to each pod.

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

/** The page about clusters of several sizes. */
export function scalePage(reports: readonly ScaleReport[]): string {
  const row = (name: string, cell: (report: ScaleReport) => string | number) =>
    `| ${name} | ${reports.map(cell).join(" | ")} |`;
  const rows = [
    row("FilterDeployments", ({ filters }) => filters),
    row("pods", ({ pods }) => pods),
    row("nodes", ({ nodes }) => nodes),
    row("from the operator's start until all are ready", (each) => `${each.convergeSeconds.toFixed(1)} s`),
    row(
      "requests to the API server meanwhile",
      ({ convergeRequests }) => `${total(convergeRequests)}: ${kinds(convergeRequests)}`,
    ),
    row("its CPU time meanwhile", ({ convergeCpu }) => `${convergeCpu.toFixed(1)} s`),
    row("its memory at most", ({ peakMemory }) => `${Math.round(peakMemory)} MiB`),
    row("its memory when nothing happens", ({ memory }) => `${Math.round(memory)} MiB`),
    row("its CPU when nothing happens", ({ idle }) => `${idle.toFixed(1)} %`),
    row("another version of one filter: ready after", (each) => `${each.upgradeSeconds.toFixed(1)} s`),
    row("requests to the API server meanwhile", ({ upgradeRequests }) => kinds(upgradeRequests)),
    row("Envoys asked meanwhile", ({ upgradeLooks }) => upgradeLooks),
  ];
  return `# The operator in large clusters

${madeBy("scale")} The API server and
etcd are real and share the cores with all else; so is the operator, as it is shipped. Nobody runs the pods: each has an
address of its own, where an Envoy is played that says that it has what its labels choose. Each filter selects ten pods.

| | ${reports.map(() => " |").join("")}
| --- | ${reports.map(() => "--- |").join(" ")}
${rows.join("\n")}
`;
}

/** Counts by kind of request in words, the most frequent first; those below one in a hundred together. */
export function kinds(counts: Record<string, number>): string {
  const all = total(counts);
  const isRare = (count: number) => count < all / 100;
  const named = Object.entries(counts)
    .filter(([, count]) => !isRare(count))
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`);
  const rare = Object.values(counts)
    .filter(isRare)
    .reduce((sum, count) => sum + count, 0);
  return [...named, ...(rare > 0 ? [`${rare} others`] : [])].join(", ");
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((all, each) => all + each, 0);
}

function madeBy(what: string): string {
  const date = new Date().toISOString().slice(0, 10);
  return `Made by \`npm run test:soak -- ${what}\` on ${date}, with Node ${process.versions.node} on ${availableParallelism()} cores.`;
}
