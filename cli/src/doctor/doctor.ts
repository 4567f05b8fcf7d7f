import { type Part, parts } from "./parts.js";
import type { Found } from "./probe.js";

/** `ok`: here. `missing`: not here, but needed. `optional`: not here, and not needed for `build`, `test` and `push`. */
export type CheckStatus = "ok" | "missing" | "optional";

/** What was found out about one part. */
export interface Check extends Found {
  name: string;
  use: string;
  status: CheckStatus;
  /** Why it cannot be used although something is there. */
  problem?: string;
  /** The command that gets it; absent: it is here. */
  get?: string;
}

/** What `meshwasm doctor --json` prints. */
export interface DoctorReport {
  /** Whether all that `build`, `test` and `push` need is here. */
  ok: boolean;
  checks: Check[];
}

/**
 * Looks which parts are on this machine.
 *
 * @param dir the folder from which packages are resolved
 * @param table what to look for; absent: all parts
 */
export async function examine(
  dir: string,
  env: NodeJS.ProcessEnv = process.env,
  table: readonly Part[] = parts,
): Promise<DoctorReport> {
  const checks = await Promise.all(table.map((part) => check(part, dir, env)));
  return { ok: checks.every(({ status }) => status !== "missing"), checks };
}

async function check(part: Part, dir: string, env: NodeJS.ProcessEnv): Promise<Check> {
  const { name, use, needed } = part;
  const found = await part.probe(dir, env);
  if (typeof found === "object") return { name, use, status: "ok", ...found };
  const status = needed ? "missing" : "optional";
  return { name, use, status, ...(found === undefined ? {} : { problem: found }), get: part.get(env) };
}

/** The report as lines for a person: one per part, with how to get it below those that are not here. */
export function formatReport(report: DoctorReport): string {
  const width = Math.max(...report.checks.map(({ name }) => name.length));
  const lines = report.checks.flatMap((each) => {
    const where = [each.version, each.source && `from ${each.source}`, each.path].filter(Boolean).join(", ");
    const words = each.status === "ok" ? where || "here" : (each.problem ?? `not here (${each.use})`);
    const line = `${each.status.padEnd(8)}  ${each.name.padEnd(width)}  ${words}`;
    const below = [each.note, each.get && `get it: ${each.get}`]
      .filter(Boolean)
      .map((text) => `${" ".repeat(10)}${text}`);
    return [line, ...below];
  });
  lines.push(
    "",
    report.ok
      ? "All that build, test and push need is here."
      : "Something that build, test or push needs is missing.",
  );
  return lines.join("\n");
}
