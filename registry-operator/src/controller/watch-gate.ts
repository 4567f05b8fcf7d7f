import type { FilterView } from "../desired/filter-view.js";
import { gateFailure, gateRules, type PodHealth } from "../desired/gate.js";
import type { Rollout } from "../desired/rollout.js";
import { forEachLimited } from "../kube/index.js";
import type { RequestCounts, Side } from "../loaded/index.js";
import { envoysAtOnce, type Observed } from "./observe-loaded.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";
import { isCanary } from "./stage-rollout.js";

/** Reconciles may come in quick succession. */
const freshMillis = 1_000;
/** Pods of either side whose requests are counted: more say nothing else. */
const mostCounted = 50;

interface Memory {
  /** What is counted: another step counts from its own beginning. */
  scope: string;
  lookedAt: number;
  /** By pod and start of its Envoy: what it had answered when it was first seen in the step. */
  before: Map<string, RequestCounts>;
  /** By pod: since when its Envoy says that it runs something else. */
  refusing: Map<string, number>;
}

/** How often a rollout over so many pods is looked at, in milliseconds: many take their time. */
export function gateMillis(pods: number): number {
  return Math.max(3_000, pods * 10);
}

/** Watches the rollouts that go on. What it remembers, a restart may lose: then it counts anew. */
export class Gates {
  readonly #memories = new Map<string, Memory>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Asks the Envoys. @returns why the rollout must be taken back; undefined: nothing speaks against it */
  async look(
    view: FilterView,
    rollout: Rollout,
    plans: readonly PodPlan[],
    observed: Observed,
    stats: Services["stats"],
  ): Promise<string | undefined> {
    const memory = this.#memoryOf(view.key, rollout);
    const now = this.#now();
    if (now - memory.lookedAt < Math.max(freshMillis, gateMillis(plans.length) / 3)) return undefined;
    memory.lookedAt = now;
    const told = plans.filter(({ winner, label, wanted }) => winner === undefined && label === wanted);
    const canary = told.filter((plan) => isCanary(plan, rollout));
    const others = told.filter(({ wanted }) => wanted === rollout.stable).slice(0, mostCounted);
    const counted = new Set([...canary.slice(0, mostCounted), ...others]);
    const side: Side = view.direction === "Inbound" ? "inbound" : "outbound";
    const seen: PodHealth[] = [];
    await forEachLimited([...canary, ...others], envoysAtOnce, async (plan) => {
      const { ip, metadata } = plan.pod;
      const isTrying = plan.wanted === rollout.revision;
      seen.push({
        pod: `${metadata.namespace}/${metadata.name}`,
        canary: isTrying,
        reloads: isTrying && ip !== undefined ? await reloadsOn(ip, view.id, rollout.revision, stats) : 0,
        notLoadedFor: isTrying ? this.#refusesFor(memory, plan, observed) : 0,
        runs: observed.get(plan)?.runs ?? "",
        ...(counted.has(plan) && ip !== undefined
          ? since(memory, plan, await stats.requests(ip, side))
          : { requests: 0, errors: 0 }),
      });
    });
    return gateFailure(gateRules(view.spec), seen);
  }

  /** Nothing is watched of this FilterDeployment any more. */
  forget(key: string): void {
    this.#memories.delete(key);
  }

  #memoryOf(key: string, { revision, generation, step, phase }: Rollout): Memory {
    const scope = `${revision} ${generation} ${step} ${phase === "Promoted"}`;
    const known = this.#memories.get(key);
    if (known?.scope === scope) return known;
    const refusing = known?.refusing ?? new Map<string, number>();
    const memory = { scope, lookedAt: Number.NEGATIVE_INFINITY, before: new Map(), refusing };
    this.#memories.set(key, memory);
    return memory;
  }

  #refusesFor({ refusing }: Memory, plan: PodPlan, observed: Observed): number {
    const key = `${plan.pod.metadata.uid} ${plan.wanted}`;
    // One that does not answer says neither; it is taken up where it was.
    const loaded = observed.get(plan)?.loaded;
    if (loaded === true) refusing.delete(key);
    if (loaded !== false) return 0;
    const at = refusing.get(key);
    if (at === undefined) refusing.set(key, this.#now());
    return at === undefined ? 0 : this.#now() - at;
  }
}

async function reloadsOn(
  ip: string,
  id: string,
  revision: string,
  stats: Services["stats"],
): Promise<number> {
  const answer = await stats.read(ip);
  if ("unreachable" in answer) return 0;
  return answer.plugins
    .filter((plugin) => plugin.id === id && plugin.revision === revision)
    .reduce((sum, { reloads }) => sum + reloads, 0);
}

function since({ before }: Memory, { pod, wanted }: PodPlan, counts: RequestCounts | undefined) {
  if (!counts) return { requests: 0, errors: 0 };
  const key = `${pod.metadata.uid} ${pod.restarts} ${wanted}`;
  const first = before.get(key);
  // Counters begin anew with each Envoy, which may be seen before its restart is.
  if (!first || counts.requests < first.requests) before.set(key, counts);
  const from = before.get(key) ?? counts;
  return { requests: counts.requests - from.requests, errors: Math.max(0, counts.errors - from.errors) };
}
