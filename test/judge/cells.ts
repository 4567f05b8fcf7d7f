import { resultName } from "../../sdk/host/status.js";
import type { Result } from "./engines/result.js";

/** One hostcall in one callback with one status. */
export interface Cell {
  readonly call: string;
  readonly phase: string;
  readonly status: number;
}

const CALLBACK = /^>(\w+)\((\d+)(?:,(\d+))?/;
const HOSTCALL = /^(\w+)\(.*?\)=(\d+)(?: |$)/s;
/** Callbacks that come for contexts of several kinds. */
const SHARED = new Set(["context_create", "log", "done", "delete"]);

/**
 * The cells that a transcript shows. Callbacks that come for roots, HTTP streams and TCP connections alike carry the kind in
 * front, as in `http.log`.
 */
export function cellsOf(result: Result): Cell[] {
  const kind = result.lines.some((line) => line.startsWith(">new_connection(")) ? "tcp" : "http";
  const roots = new Set<string>();
  const phases: string[] = [];
  const cells: Cell[] = [];
  for (const line of result.lines) {
    const [, callback, context = "", second] = CALLBACK.exec(line) ?? [];
    if (callback !== undefined) {
      if (callback === "context_create" && second === "0") roots.add(context);
      const owner = roots.has(context) ? "root" : kind;
      const phase = SHARED.has(callback) ? `${owner}.${callback}` : callback;
      // Inside another callback only until it says that it ends.
      phases.push(phase);
      continue;
    }
    if (line === "<") {
      phases.splice(-1);
      continue;
    }
    const [, call, status] = HOSTCALL.exec(line) ?? [];
    const phase = phases.at(-1);
    if (call !== undefined && phase !== undefined) cells.push({ call, phase, status: Number(status) });
  }
  return cells;
}

/** As text, for sets and tables. */
export const cellKey = ({ call, phase, status }: Cell) => `${call} ${phase} ${status}`;

/** What the scripts reach of everything that could be: each hostcall, in each callback, with each status that it ever has. */
export interface Coverage {
  readonly calls: readonly string[];
  readonly phases: readonly string[];
  readonly reached: readonly Cell[];
  readonly unreached: readonly Cell[];
  /** Scripts that reach a cell which none before them does, by name. */
  readonly adding: ReadonlySet<string>;
}

/** Counts the cells of what Envoy answered, by script. */
export function coverageOf(results: Readonly<Record<string, Result>>): Coverage {
  const reached = new Map<string, Cell>();
  const adding = new Set<string>();
  for (const [name, result] of Object.entries(results))
    for (const cell of cellsOf(result)) {
      if (reached.has(cellKey(cell))) continue;
      reached.set(cellKey(cell), cell);
      adding.add(name);
    }
  const cells = [...reached.values()];
  const phases = [...new Set(cells.map(({ phase }) => phase))].sort();
  const calls = [...new Set(cells.map(({ call }) => call))].sort();
  const unreached = calls.flatMap((call) => {
    const statuses = [...new Set(cells.filter((cell) => cell.call === call).map(({ status }) => status))];
    return statuses
      .sort((one, other) => one - other)
      .flatMap((status) => phases.map((phase) => ({ call, phase, status })))
      .filter((cell) => !reached.has(cellKey(cell)));
  });
  return { calls, phases, reached: cells, unreached, adding };
}

/** The cells as a table, one line for each hostcall and status: how many callbacks show it. */
export function coverageTable({ calls, phases, reached }: Coverage): string {
  const lines = calls.flatMap((call) => {
    const own = reached.filter((cell) => cell.call === call);
    const statuses = [...new Set(own.map(({ status }) => status))].sort((one, other) => one - other);
    return statuses.map((status) => {
      const count = own.filter((cell) => cell.status === status).length;
      return `${call.padEnd(30)} ${resultName(status).padEnd(22)} ${count} of ${phases.length}`;
    });
  });
  return lines.join("\n");
}
