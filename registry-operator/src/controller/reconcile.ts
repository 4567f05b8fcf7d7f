import type { FilterDeployment } from "../api/filter-deployment.js";
import { finalizer, noop, podLabel, resources, slotName } from "../api/names.js";
import { type Condition, conditionsFrom, type Findings } from "../desired/conditions.js";
import { noopEnvoyFilter, revisionEnvoyFilter } from "../desired/content.js";
import type { KnownContent } from "../desired/envoy-filter.js";
import { asCandidate, type FilterView, planOf, viewOf } from "../desired/filter-view.js";
import { unneededContents } from "../desired/garbage.js";
import type { Pod } from "../desired/pod.js";
import { rulesFor } from "../desired/policy-rules.js";
import { type Rollout, rolloutFinding } from "../desired/rollout.js";
import { slotEnvoyFilter } from "../desired/slot.js";
import type { WorkResult } from "../kube/index.js";
import { cleanUp, SlotRemovals } from "./cleanup.js";
import { distributedFinding, loadedFinding, programmedFinding, waitingPods } from "./findings.js";
import { KeptContents } from "./keep-content.js";
import { heldWithoutMount } from "./mount-obstacle.js";
import { mountWorkloads, unmountWorkloads } from "./mount-workloads.js";
import { Nudges } from "./nudge-pods.js";
import { type Observed, observeLoaded } from "./observe-loaded.js";
import { type PodPlan, planPods } from "./pod-plan.js";
import { pullSecrets } from "./pull-secrets.js";
import { HeldPods } from "./replace-held.js";
import { type Resolution, resolveFilter } from "./resolve.js";
import { RejectionRetries } from "./retry-rejected.js";
import type { Services } from "./services.js";
import { isProven, moveRollout, type Stage, stageRollout } from "./stage-rollout.js";
import { Gates, gateMillis } from "./watch-gate.js";
import { ensureEnvoyFilter, removeEnvoyFilter } from "./write-envoy-filter.js";
import { writeLabels } from "./write-labels.js";
import { writeStatus } from "./write-status.js";

/** Even when nothing seems to change, an Envoy may have lost what it ran. */
const lookAgainMillis = 5 * 60_000;
/** Held pods are replaced one at a time. */
const replaceAgainMillis = 10_000;

/** Brings the mesh to what FilterDeployments ask for, one at a time; what it remembers, a restart may lose. */
export class Reconciler {
  readonly #services: Services;
  readonly #retries = new RejectionRetries();
  readonly #nudges = new Nudges();
  readonly #held = new HeldPods();
  readonly #removals = new SlotRemovals();
  readonly #gates = new Gates();
  readonly #contents = new KeptContents();

  constructor(services: Services) {
    this.#services = services;
  }

  /** @param key `NAMESPACE/NAME` */
  async reconcile(key: string): Promise<WorkResult> {
    const { world, wanted, tasks } = this.#services;
    const filter = world.filters.get(key);
    if (!filter) {
      wanted.set(key, undefined);
      this.#retries.forget(key);
      this.#held.forget(key);
      this.#nudges.forget(key);
      this.#gates.forget(key);
      this.#contents.forget(key);
      tasks.forget(`resolve ${key}`);
      return {};
    }
    const view = viewOf(filter, world.rootNamespace);
    if (view.deleting) return cleanUp(filter, view, this.#services, this.#removals);
    if (!filter.metadata.finalizers?.includes(finalizer)) await this.#addFinalizer(filter);
    return this.#advance(world.filters.get(key) ?? filter, view);
  }

  async #advance(filter: FilterDeployment, view: FilterView): Promise<WorkResult> {
    const { world } = this.#services;
    // What is on the nodes must stay, whatever the registry says meanwhile.
    this.#want(view, view.status.revision);
    const asked = this.#resolve(view);
    const now = Date.now();
    const stage = stageRollout(view, asked, world.contentsOf(view.id, view.namespace), now);
    const resolution = stage.inForce;
    const plan = resolution.resolved && planOf(view, resolution.resolved.kind);
    if (plan && asked.content) await this.#offer(view, resolution);
    if (stage.rollout) await this.#contents.keep(view, stage.rollout.stable, this.#services);
    else this.#contents.forget(view.key);
    const contents = world.contentsOf(view.id, view.namespace);
    const pods = world.podsOf(view);
    const digest = this.#want(view, resolution.revision, resolution.content?.moduleDigest);
    const nodes = new Set(pods.flatMap(({ node }) => node ?? []));
    const missing = [...nodes].filter((node) => digest !== undefined && !world.nodeHas(node, digest)).sort();

    const findings: Findings = { Resolved: resolution.Resolved, Verified: resolution.Verified };
    let plans: PodPlan[] = [];
    let observed: Observed = new Map();
    let unmounted: Pod[] = [];
    if (plan && resolution.revision !== undefined) {
      const active = asked.content !== undefined && !view.paused;
      findings.Distributed = distributedFinding(nodes, missing);
      const { Mounted, mayInsertSlot } = await mountWorkloads(
        view,
        pods,
        this.#services,
        active && missing.length === 0,
      );
      findings.Mounted = Mounted;
      const slotKey = `${view.namespace}/${slotName(view.id)}`;
      const mayInsert = mayInsertSlot && missing.length === 0;
      if (active && (mayInsert || world.envoyFilters.get(slotKey))) {
        await ensureEnvoyFilter(this.#services, slotEnvoyFilter(plan));
      }
      const slot = world.envoyFilters.get(slotKey) !== undefined;
      const me = asCandidate(view, rootIdOf(view, resolution), filter.metadata.creationTimestamp ?? "");
      const { rollout } = stage;
      plans = planPods(pods, { view, me, revision: resolution.revision, rollout, contents, world });
      if (slot) await this.#label(view, plans, active);
      findings.Programmed = programmedFinding(slot, plans);
      if (slot) observed = await observeLoaded(view.id, plans, contents, this.#services);
      findings.Loaded = loadedFinding(plans, observed);
      if (active) await unmountWorkloads(view, this.#services);
      const attempt = contents.find(({ value }) => value === resolution.revision)?.attempt ?? 1;
      if (slot) await this.#nudges.nudge(view.key, attempt, observed, this.#services);
      if (active) await this.#retryRejected(view, resolution, observed);
      if (active && slot) unmounted = heldWithoutMount(view, plans, this.#services);
      if (active) await this.#held.replace(view.key, observed, this.#services, unmounted);
    }
    const moved = await this.#moveRollout(view, stage, plans, observed, now);
    const status = this.#status(
      filter,
      view,
      { ...stage, next: moved.rollout },
      findings,
      plans,
      observed,
      contents,
    );
    await writeStatus(filter, status, this.#services);
    await this.#collect(view, contents, [status.revision, status.lastGood]);
    const soon = unmounted.length > 0 ? replaceAgainMillis : lookAgainMillis;
    return { after: Math.min(this.#lookAgain(plans, observed), moved.after ?? lookAgainMillis, soon) };
  }

  async #moveRollout(
    view: FilterView,
    stage: Stage,
    plans: readonly PodPlan[],
    observed: Observed,
    now: number,
  ): Promise<ReturnType<typeof moveRollout>> {
    const { rollout, held } = stage;
    if (!rollout || rollout.phase === "RolledBack") this.#gates.forget(view.key);
    const isWatched = rollout && rollout.phase !== "RolledBack" && !held;
    const failure = isWatched
      ? await this.#gates.look(view, rollout, plans, observed, this.#services.stats)
      : undefined;
    if (failure) this.#services.log.warn({ filter: view.key, failure }, "the rollout is taken back");
    const again = gateMillis(plans.length);
    const moved = moveRollout(stage, plans, observed, { failure, generation: view.generation, now });
    return { ...moved, after: isWatched ? Math.min(again, moved.after ?? again) : moved.after };
  }

  #resolve(view: FilterView): Resolution {
    const { store, client, world, observe, tasks, again } = this.#services;
    const names = view.spec.filter.imagePullSecrets ?? [];
    return resolveFilter(view, {
      store,
      rules: rulesFor(view.namespace, world.policies.list()),
      dockerConfigs: (signal) => {
        observe.resolve();
        return pullSecrets(client, view.namespace, names, signal);
      },
      run: (name, input, work, retry) =>
        tasks.run({ name, input, work, retry, onNews: () => again(view.key) }),
    });
  }

  async #addFinalizer(filter: FilterDeployment): Promise<void> {
    const { namespace, name, resourceVersion, finalizers = [] } = filter.metadata;
    const patch = { metadata: { resourceVersion, finalizers: [...finalizers, finalizer] } };
    const { client, world } = this.#services;
    world.filters.put(await client.mergePatch(resources.filterDeployments, { namespace, name }, patch));
  }

  /** The contents: what does nothing, and the revision. They name a file only to pods that carry their label. */
  async #offer(view: FilterView, { resolved, content, revision }: Resolution): Promise<void> {
    if (!resolved) return;
    const plan = planOf(view, resolved.kind);
    await ensureEnvoyFilter(this.#services, noopEnvoyFilter(plan));
    if (!content || !revision) return;
    const known = this.#services.world
      .contentsOf(view.id, view.namespace)
      .find(({ value }) => value === revision);
    await ensureEnvoyFilter(this.#services, revisionEnvoyFilter(plan, content, known?.attempt ?? 1));
  }

  /**
   * What the nodes shall have: on each node with a selected pod the revision in force and the last good one, and what the
   * pods there carry. @returns the digest of the revision
   */
  #want(view: FilterView, revision: string | undefined, newDigest?: string): string | undefined {
    const { world, wanted } = this.#services;
    const digests = new Map(
      world.contentsOf(view.id, view.namespace).map((each) => [each.value, each.moduleDigest]),
    );
    const digest = newDigest ?? digests.get(revision ?? "");
    const byNode = new Map<string, Set<string>>();
    const add = (node: string | undefined, each: string | undefined) => {
      if (node === undefined || each === undefined) return;
      const known = byNode.get(node);
      if (known) known.add(each);
      else byNode.set(node, new Set([each]));
    };
    for (const { node } of world.podsOf(view)) {
      add(node, digest);
      add(node, digests.get(view.status.lastGood ?? ""));
    }
    for (const { node, metadata } of world.pods.by("filter", view.id)) {
      add(node, digests.get(metadata.labels?.[podLabel(view.id)] ?? ""));
    }
    wanted.set(view.key, byNode);
    return digest;
  }

  /** @param active the slot is as the spec says, so pods that it does not select any more lose the label */
  async #label(view: FilterView, plans: readonly PodPlan[], active: boolean): Promise<void> {
    const label = podLabel(view.id);
    const writes: { pod: Pod; value: string | null }[] = plans
      .filter(({ pod, label: value }) => value !== undefined && pod.metadata.labels?.[label] !== value)
      .map(({ pod, label: value }) => ({ pod, value: value! }));
    if (active) {
      const selected = new Set(plans.map(({ pod }) => pod.metadata.uid));
      for (const pod of this.#services.world.pods.by("filter", view.id)) {
        if (!pod.gone && !selected.has(pod.metadata.uid)) writes.push({ pod, value: null });
      }
    }
    await writeLabels(this.#services, label, writes);
  }

  async #retryRejected(view: FilterView, resolution: Resolution, observed: Observed): Promise<void> {
    const { resolved, content, revision } = resolution;
    if (!resolved || !content || !revision) return;
    const states = [...observed].filter(([{ wanted }]) => wanted === revision).map(([, state]) => state);
    if (!this.#retries.due(view.key, revision, states)) return;
    const { world, observe, log } = this.#services;
    const known = world.contentsOf(view.id, view.namespace).find(({ value }) => value === revision);
    const attempt = (known?.attempt ?? 1) + 1;
    log.warn({ filter: view.key, revision, attempt }, "not loaded by all Envoys: offering it once more");
    observe.retried();
    await ensureEnvoyFilter(
      this.#services,
      revisionEnvoyFilter(planOf(view, resolved.kind), content, attempt),
    );
  }

  async #collect(
    view: FilterView,
    contents: readonly KnownContent[],
    inForce: readonly (string | undefined)[],
  ): Promise<void> {
    const { world } = this.#services;
    const carriers = world.pods
      .by("filter", view.id)
      .map(({ metadata }) => metadata.labels?.[podLabel(view.id)]);
    const unneeded = unneededContents(contents, defined(carriers), defined(inForce));
    for (const { name } of unneeded) await removeEnvoyFilter(this.#services, view.namespace, name);
  }

  #status(
    filter: FilterDeployment,
    view: FilterView,
    stage: Stage & { next: Rollout | undefined },
    findings: Findings,
    plans: readonly PodPlan[],
    observed: Observed,
    contents: readonly KnownContent[],
  ): NonNullable<FilterDeployment["status"]> {
    const { rollout, next, inForce } = stage;
    const { resolved } = inForce;
    const revision = next?.phase === "RolledBack" ? next.stable : inForce.revision;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const loaded = [...observed.values()].filter((state) => state.loaded === true).length;
    const { generation } = view;
    const previous = (filter.status?.conditions ?? []) as Condition[];
    // What was found is of the pods as they were planned: that all of them shall run it now is not found yet.
    const said = next?.phase === "Promoted" ? rollout : next;
    const conditions = conditionsFrom(findings, previous, generation, now, said && rolloutFinding(said));
    const ready = conditions.at(-1)!;
    if (view.paused) {
      ready.message = `paused: nothing is changed. ${ready.message}`.trim();
      ready.reason = "Paused";
    }
    const isGood = ready.status === "True" || isProven(stage, plans, observed);
    const good = isGood ? revision : view.status.lastGood;
    const digest = contents.find(({ value }) => value === revision)?.moduleDigest;
    const waiting = waitingPods(plans, observed);
    return {
      observedGeneration: generation,
      ...(resolved
        ? { resolvedDigest: resolved.manifestDigest, moduleDigest: digest ?? resolved.moduleDigest, resolved }
        : {}),
      ...(revision ? { revision } : {}),
      ...(good ? { lastGood: good } : {}),
      ...(next && good !== next.revision ? { rollout: next } : {}),
      ...(revision ? { attempt: contents.find(({ value }) => value === revision)?.attempt ?? 1 } : {}),
      delivery: {
        mode: "HostPath",
        reason: "the only way of this version: it needs no restart for an upgrade",
      },
      workloads: {
        matched: plans.length,
        distributed: plans.filter(
          ({ pod }) => digest !== undefined && this.#services.world.nodeHas(pod.node, digest),
        ).length,
        mounted: plans.filter(({ pod }) => pod.mounted).length,
        programmed: plans.filter(({ label, wanted }) => label !== undefined && label === wanted).length,
        ready: loaded,
      },
      ...(waiting.length > 0 ? { waiting } : {}),
      conditions,
    };
  }

  /** While something is on its way it is looked at soon; where no one answers, less and less often. */
  #lookAgain(plans: readonly PodPlan[], observed: Observed): number {
    const open = plans.map((plan) => observed.get(plan)).filter((state) => state && state.loaded !== true);
    const youngest = Math.min(...open.map((state) => state!.toldFor));
    const waits = [lookAgainMillis];
    if (open.length > 0) waits.push(Math.min(10_000, Math.max(250, youngest / 4)));
    return Math.min(...waits);
  }
}

function rootIdOf({ spec, status }: FilterView, { resolved }: Resolution): string {
  return spec.filter.rootId ?? resolved?.rootId ?? status.resolved?.rootId ?? noop;
}

function defined(values: readonly (string | undefined)[]): Set<string> {
  return new Set(values.filter((value) => value !== undefined));
}
