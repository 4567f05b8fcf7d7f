import { noop } from "../api/names.js";
import type { LoadedPlugin } from "./envoy-stats.js";

/** What an Envoy was told to run of one filter. */
export interface Told {
  id: string;
  /** `noop` or a revision. */
  value: string;
  /** Of the revision's content; without meaning for `noop`. */
  attempt: number;
  /** It was said to be loaded before, perhaps by an operator that is gone: what is there now is no try. Absent: no. */
  said?: boolean | undefined;
}

/** What an Envoy runs of one filter. */
export interface Verdict {
  /** What it was told is there; perhaps beside something else, which a long stream still uses. */
  has: boolean;
  /** The revision that it runs, `noop` when none; several, joined, while it changes over. */
  runs: string;
  /** How often the VM of what it was told crashed, as far as Envoy counts that. */
  reloads: number;
}

/** Compares what an Envoy was told with what its stats say. */
export function judge({ id, value, attempt }: Told, plugins: readonly LoadedPlugin[]): Verdict {
  const own = plugins.filter((each) => each.id === id);
  const runs = own.length === 0 ? noop : [...new Set(own.map(({ revision }) => revision))].sort().join(",");
  if (value === noop) return { has: own.length === 0, runs, reloads: 0 };
  const found = own.find((each) => each.revision === value && each.attempt === attempt);
  return { has: found !== undefined, runs, reloads: found?.reloads ?? 0 };
}
