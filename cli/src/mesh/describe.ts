import type { FilterStatusReport } from "./status.js";

type Rollout = NonNullable<FilterStatusReport["rollout"]>;

/** The status for people: a block for each filter, and in it a table of its pods. */
export function describeStatus(reports: readonly FilterStatusReport[]): string {
  if (reports.length === 0) return "no filters are enabled here";
  return reports.map(describeOne).join("\n\n");
}

function describeOne(report: FilterStatusReport): string {
  const { namespace, name, image, ready, reason, message, matched, loaded } = report;
  const { digest, revision, rollout, delivery } = report;
  const state = ready === "True" ? "ready" : ready === "False" ? "not ready" : "unknown";
  const failing = report.conditions.filter(({ type, status }) => status === "False" && type !== "Ready");
  const rows = report.pods.map((pod) => [
    pod.workload,
    pod.namespace === namespace ? pod.pod : `${pod.namespace}/${pod.pod}`,
    pod.wanted || "(held)",
    pod.loaded || "(unknown)",
    pod.reason,
  ]);
  return [
    `${namespace}/${name}: ${state}, ${loaded} of ${matched} pods${ready === "True" ? "" : ` (${reason}: ${message})`}`,
    `  image     ${image}`,
    ...(digest ? [`  digest    ${digest}`] : []),
    ...(revision ? [`  revision  ${revision}`] : []),
    ...(delivery ? [`  delivery  ${delivery.mode}: ${delivery.reason}`] : []),
    ...(rollout ? [`  rollout   ${rollout.phase}: ${rolloutPlace(rollout)}`] : []),
    ...failing.map((each) => `  ${each.type}: ${each.reason}: ${each.message}`),
    ...(rows.length > 0 ? table([["WORKLOAD", "POD", "WANTED", "LOADED", "WHY"], ...rows]) : []),
  ].join("\n");
}

function rolloutPlace(rollout: Rollout): string {
  const { revision, stable, phase, step, steps, message } = rollout;
  if (phase === "RolledBack") return `all pods run ${stable} again, not ${revision}`;
  const place = `step ${step} of ${steps}, ${revision} for ${rolloutPods(rollout)}, ${stable} for the others`;
  return message ? `${place}; ${message}` : place;
}

/** Each step's pods run the revision together with those of the steps before. */
function rolloutPods({ share, workloads = [], earlier = [] }: Rollout): string {
  const own = share === undefined ? `all pods of ${workloads.join(", ")}` : `${share} of the pods`;
  return earlier.length === 0 ? own : `${own}, and what earlier steps chose (${earlier.join(", ")})`;
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
