import { noop, podLabel } from "../api/names.js";
import type { Pod } from "../desired/pod.js";
import { forEachLimited } from "../kube/index.js";
import type { StatsReader } from "../loaded/index.js";
import { envoysAtOnce, type Observed } from "./observe-loaded.js";

/** An Envoy that does not say what it took, as its stats cannot be read or leave that out, is not waited for. */
const patienceMillis = 10_000;
/** How long all but one wait for that one to show that the revision is taken. */
const trialMillis = 30_000;

/** Which FilterDeployment it is about. */
export interface FirstContentOf {
  /** `NAMESPACE/NAME` */
  key: string;
  id: string;
}

interface Known {
  /** Envoys that took something: pods by their UIDs, with how often the Envoy was started. */
  took: Set<string>;
  /** Those that run something else than they were told, when they were asked last. */
  refused: Set<string>;
  /** Since when the others are waited for. */
  since: Map<string, number>;
  /**
   * What was to be run last and was not known to be good, since when a pod is told so (undefined: none is yet), and whether
   * an Envoy was seen to run it.
   */
  trial: { revision: string; since: number | undefined; passed: boolean } | undefined;
}

/** What is known of the Envoys of a slot. */
export interface FirstContent {
  /** Whether a pod's Envoy has taken some content of the slot. */
  took: (pod: Pod) => boolean;
  /** Whether a pod's Envoy was last seen to run something else than its label says. */
  refused: (pod: Pod) => boolean;
  /** Some Envoy was seen to run the revision. */
  passed: boolean;
  /** One Envoy is enough to see whether the revision is taken. */
  onTrial: boolean;
  /** Milliseconds until there may be news; undefined: nothing is waited for. */
  after: number | undefined;
}

/**
 * Which Envoys have taken some content of a slot: what such a one refuses later does no harm. Nothing here must outlive the
 * process.
 */
export class FirstContents {
  readonly #known = new Map<string, Known>();
  readonly #stats: Pick<StatsReader, "read">;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(stats: Pick<StatsReader, "read">, now: () => number = () => performance.now()) {
    this.#stats = stats;
    this.#now = now;
  }

  /**
   * Asks the Envoys of the pods that serve and have a label, once each.
   *
   * @param revision that pods shall run and that may be refused; undefined: no one has to be asked
   */
  async look(
    { key, id }: FirstContentOf,
    pods: readonly Pod[],
    revision: string | undefined,
  ): Promise<FirstContent> {
    const known: Known = this.#known.get(key) ?? {
      ...{ took: new Set(), refused: new Set() },
      ...{ since: new Map(), trial: undefined },
    };
    this.#known.set(key, known);
    const label = podLabel(id);
    if (revision !== undefined && known.trial?.revision !== revision) {
      known.trial = { revision, since: undefined, passed: false };
    }
    if (known.trial && pods.some(({ metadata }) => metadata.labels?.[label] === known.trial?.revision)) {
      known.trial.since ??= this.#now();
    }
    const waits: number[] = [];
    const open = pods.filter((pod) => {
      const told = pod.metadata.labels?.[label];
      return (
        revision !== undefined &&
        ![undefined, revision].includes(told) &&
        pod.proxyState === "ready" &&
        !known.took.has(lifeOf(pod))
      );
    });
    await forEachLimited(open, envoysAtOnce, async (pod) => {
      const life = lifeOf(pod);
      const since = known.since.get(life) ?? this.#now();
      known.since.set(life, since);
      const waited = this.#now() - since;
      if (waited >= patienceMillis) return void known.took.add(life);
      const answer = pod.ip === undefined ? undefined : await this.#stats.read(pod.ip);
      if (answer !== undefined && "plugins" in answer && hasTaken(answer, id)) known.took.add(life);
      else waits.push(Math.max(100, waited / 4));
    });
    this.#keepOnly(known, pods);
    const passed = revision !== undefined && known.trial?.passed === true;
    const since = known.trial?.since;
    const tried = since === undefined ? 0 : this.#now() - since;
    const onTrial = revision !== undefined && !passed && tried < trialMillis;
    if (onTrial && since !== undefined) waits.push(Math.max(250, tried / 4));
    return {
      took: (pod) => known.took.has(lifeOf(pod)),
      refused: (pod) => known.refused.has(lifeOf(pod)),
      ...{ passed, onTrial },
      after: waits.length > 0 ? Math.min(...waits) : undefined,
    };
  }

  /** What was seen otherwise need not be asked for. */
  note({ key }: FirstContentOf, observed: Observed): void {
    const known = this.#known.get(key);
    for (const [{ pod, label }, { loaded, seen }] of observed) {
      if (loaded === false && !seen) known?.refused.add(lifeOf(pod));
      else known?.refused.delete(lifeOf(pod));
      if (loaded !== true || label === noop) continue;
      known?.took.add(lifeOf(pod));
      const trial = known?.trial;
      if (trial && trial.revision === label) trial.passed = true;
    }
  }

  /** The slot is gone, or the FilterDeployment. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  #keepOnly({ took, refused, since }: Known, pods: readonly Pod[]): void {
    const lives = new Set(pods.map(lifeOf));
    for (const each of [took, refused]) {
      for (const life of each) if (!lives.has(life)) each.delete(life);
    }
    for (const life of since.keys()) if (!lives.has(life) || took.has(life)) since.delete(life);
  }
}

function hasTaken(
  { plugins, noops }: { plugins: readonly { id: string }[]; noops?: ReadonlySet<string> },
  id: string,
): boolean {
  return plugins.some((plugin) => plugin.id === id) || (noops?.has(id) ?? false);
}

function lifeOf({ metadata, restarts }: Pod): string {
  return `${metadata.uid ?? metadata.name} ${restarts}`;
}
