import type { Pod } from "../desired/pod.js";
import { judge, type Told } from "./judge.js";
import type { StatsReader } from "./stats-reader.js";

/** What is known of one filter on one pod. */
export interface LoadedState {
  /** Undefined: the Envoy did not answer. */
  loaded: boolean | undefined;
  /** It was there when the Envoy was asked last, though perhaps only tried. */
  seen: boolean;
  /** What it runs; empty: not known. */
  runs: string;
  /** Why it did not answer. */
  problem: string | undefined;
  /** How often the filter's VM had crashed when it was last asked, as far as Envoy counts that. Absent: never. */
  reloads?: number;
  /** Milliseconds since it was first seen with what it was told, and this restart count. */
  toldFor: number;
}

interface Record {
  /** What was told to whom; another key begins anew. */
  key: string;
  since: number;
  /** Since when it was seen at each look; undefined: it was not, at the last one. */
  seen: number | undefined;
  /** When it was last seen to be loaded; undefined: not yet. */
  confirmed: number | undefined;
  runs: string;
  reloads: number;
}

/** An Envoy that was seen to run what it shall is asked again after this long. */
const trustMillis = 5 * 60_000;
/** A plugin is there, too, for the moment in which Envoy tries what it then rejects. What is there for so long stays. */
const tryingMillis = 1_000;

/** Remembers what was seen, so that an idle cluster is left alone. Nothing here must outlive the process. */
export class LoadedTracker {
  readonly #reader: Pick<StatsReader, "read">;
  readonly #now: () => number;
  readonly #records = new Map<string, Map<string, Record>>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(reader: Pick<StatsReader, "read">, now: () => number = () => performance.now()) {
    this.#reader = reader;
    this.#now = now;
  }

  /** @param pod with an address; without one its Envoy cannot be asked */
  async look(pod: Pod, told: Told): Promise<LoadedState> {
    const record = this.#record(pod, told);
    const now = this.#now();
    if (record.confirmed !== undefined && now - record.confirmed < trustMillis) {
      return { loaded: true, seen: true, ...said(record), problem: undefined, toldFor: now - record.since };
    }
    const answer =
      pod.ip === undefined ? { unreachable: "the pod has no address yet" } : await this.#reader.read(pod.ip);
    const toldFor = this.#now() - record.since;
    if ("unreachable" in answer)
      return { loaded: undefined, seen: false, runs: "", problem: answer.unreachable, toldFor };
    const { has, runs, reloads } = judge(told, answer.plugins);
    record.seen = has ? (record.seen ?? this.#now()) : undefined;
    const stays = record.seen !== undefined && this.#now() - record.seen >= tryingMillis;
    const loaded = stays || (has && told.said === true);
    record.confirmed = stays ? this.#now() : undefined;
    record.runs = runs;
    record.reloads = reloads;
    return { loaded, seen: has, ...said(record), problem: undefined, toldFor };
  }

  /** Forgets the pods of a filter that are not among these. */
  keepOnly(id: string, podUids: ReadonlySet<string>): void {
    const records = this.#records.get(id);
    for (const uid of records?.keys() ?? []) if (!podUids.has(uid)) records?.delete(uid);
    if (records?.size === 0) this.#records.delete(id);
  }

  #record({ metadata, ip, restarts }: Pod, { id, value, attempt }: Told): Record {
    let records = this.#records.get(id);
    if (!records) {
      records = new Map();
      this.#records.set(id, records);
    }
    const uid = metadata.uid ?? metadata.name;
    const key = `${value} ${attempt} ${ip} ${restarts}`;
    let record = records.get(uid);
    if (record?.key !== key) {
      record = { key, since: this.#now(), seen: undefined, confirmed: undefined, runs: "", reloads: 0 };
      records.set(uid, record);
    }
    return record;
  }
}

function said({ runs, reloads }: Record): Pick<LoadedState, "runs" | "reloads"> {
  return reloads > 0 ? { runs, reloads } : { runs };
}
