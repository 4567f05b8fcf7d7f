import type { FilterDeployment } from "../api/filter-deployment.js";
import { finalizer, noop, podLabel, resources, slotName } from "../api/names.js";
import type { Findings } from "../desired/conditions.js";
import type { DeliveryMode } from "../desired/delivery.js";
import { asCandidate, type FilterView, planOf, viewOf } from "../desired/filter-view.js";
import type { Pod } from "../desired/pod.js";
import { disabledBy, rulesFor } from "../desired/policy-rules.js";
import { slotEnvoyFilter } from "../desired/slot.js";
import { previousImage, workloadMounts } from "../desired/workload-mounts.js";
import { workloadPlaceOf } from "../desired/workload-place.js";
import type { WorkResult } from "../kube/index.js";
import { chosenDelivery, deliveryStatus } from "./chosen-delivery.js";
import { cleanUp, SlotRemovals } from "./cleanup.js";
import { offerContents, offerOnceMore, removeUnneeded } from "./contents.js";
import { deliveryFor } from "./delivery-for.js";
import { filterStatus } from "./filter-status.js";
import { distributedFinding, loadedFinding, programmedFinding, pulledByNodes } from "./findings.js";
import { type FirstContent, FirstContents } from "./first-content.js";
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
import { moveRollout, type Stage, stageRollout } from "./stage-rollout.js";
import { Gates, gateMillis } from "./watch-gate.js";
import { ensureEnvoyFilter } from "./write-envoy-filter.js";
import { writeLabels } from "./write-labels.js";
import { StatusWriter } from "./write-status.js";

/** Even when nothing seems to change, an Envoy may have lost what it ran. */
const lookAgainMillis = 5 * 60_000;
/** By then the status has come to those who go by it. */
const announcedMillis = 200;
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
  readonly #first: FirstContents;
  readonly #statuses = new StatusWriter();
  readonly #since = Date.now();

  constructor(services: Services) {
    this.#services = services;
    this.#first = new FirstContents(services.stats);
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
      this.#first.forget(key);
      this.#statuses.forget(key);
      for (const what of ["resolve", "follow"]) tasks.forget(`${what} ${key}`);
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
    const delivery = deliveryFor(view, this.#services);
    const chosen = chosenDelivery(view, delivery, this.#resolve(view, delivery.mode));
    const { asked } = chosen;
    const now = Date.now();
    const stage = stageRollout(view, asked, world.contentsOf(view.id, view.namespace), now);
    const resolution = stage.inForce;
    const plan = resolution.resolved && planOf(view, resolution.resolved.kind);
    if (plan && asked.content) await offerContents(view, resolution, this.#services);
    // With image volumes pods run the revision before until they are replaced.
    const { lastGood } = view.status;
    const isReplacing = delivery.mode === "ImageVolume" && lastGood !== resolution.revision;
    const kept = stage.rollout?.stable ?? (isReplacing ? lastGood : undefined);
    if (kept !== undefined) await this.#contents.keep(view, kept, this.#services);
    else this.#contents.forget(view.key);
    const contents = world.contentsOf(view.id, view.namespace);
    const pods = world.podsOf(view);
    const { content } = resolution;
    const digest = this.#want(view, resolution.revision, content?.image ? undefined : content?.moduleDigest);
    const nodes = new Set(pods.flatMap(({ node }) => node ?? []));
    const missing = [...nodes].filter((node) => digest !== undefined && !world.nodeHas(node, digest)).sort();

    const mountPlan = {
      ...{ view, mode: delivery.mode, contents },
      ...{ revision: resolution.revision, rollout: stage.rollout },
    };
    const mountsOf = (place: string | undefined) => workloadMounts(mountPlan, place);
    // Pods that come with another template are to find in the status what else they get.
    const previous = previousImage(resolution.revision, lastGood, contents);
    const isAnnounced = previous === view.status.delivery?.previous;

    const findings: Findings = { Resolved: resolution.Resolved, Verified: resolution.Verified };
    let plans: PodPlan[] = [];
    let observed: Observed = new Map();
    let unmounted: Pod[] = [];
    let first: FirstContent | undefined;
    if (plan && resolution.revision !== undefined) {
      const active = asked.content !== undefined && !view.paused;
      const carried = content ?? contents.find(({ value }) => value === resolution.revision);
      findings.Distributed = carried?.image
        ? pulledByNodes
        : distributedFinding(nodes, missing, (node) =>
            digest === undefined ? undefined : world.storeFailureOf(node, digest),
          );
      const request = { mountsOf, proceed: active && missing.length === 0 && isAnnounced };
      const { Mounted, mayInsertSlot } = await mountWorkloads(view, pods, request, this.#services);
      findings.Mounted = Mounted;
      const slotKey = `${view.namespace}/${slotName(view.id)}`;
      const mayInsert = mayInsertSlot && missing.length === 0;
      if (active && (mayInsert || world.envoyFilters.get(slotKey))) {
        await ensureEnvoyFilter(this.#services, slotEnvoyFilter(plan));
      }
      const slot = world.envoyFilters.get(slotKey) !== undefined;
      const me = asCandidate(view, rootIdOf(view, resolution), filter.metadata.creationTimestamp ?? "");
      const { rollout } = stage;
      const { revision } = resolution;
      if (!slot) this.#first.forget(view.key);
      // What does nothing needs no proof, and a kill switch waits for nobody's stats.
      const off = disabledBy(view.namespace, world.policies.list());
      const unproven = slot && off === undefined && revision !== view.status.lastGood ? revision : undefined;
      first = await this.#first.look(view, pods, unproven);
      plans = planPods(pods, { view, me, off, revision, rollout, contents, world, first });
      if (slot) await this.#label(view, plans, active);
      findings.Programmed = programmedFinding(slot, plans);
      if (slot) observed = await observeLoaded(view.id, plans, contents, saidOf(filter), this.#services);
      this.#first.note(view, observed);
      findings.Loaded = loadedFinding(plans, observed, view.failurePolicy);
      if (active) await unmountWorkloads(view, this.#services);
      const attempt = contents.find(({ value }) => value === resolution.revision)?.attempt ?? 1;
      if (slot) await this.#nudges.nudge(view.key, attempt, observed, this.#services);
      if (active) await this.#retryRejected(view, resolution, observed);
      if (active && slot)
        unmounted = heldWithoutMount(
          view,
          plans,
          (pod) => mountsOf(workloadPlaceOf(pod)).main,
          this.#services,
        );
      if (active) await this.#held.replace(view.key, observed, this.#services, unmounted);
    }
    if (chosen.refusal) {
      findings.Distributed = chosen.refusal;
      findings.Mounted = chosen.refusal;
    }
    const moved = await this.#moveRollout(view, stage, plans, observed, now);
    const status = filterStatus({
      ...{ filter, view, findings, plans, observed, contents, world },
      delivery: deliveryStatus(view, delivery, chosen, mountsOf(undefined).main),
      stage,
      next: moved.rollout,
    });
    const unsaid = await this.#statuses.write(view.key, filter, status, this.#services);
    await removeUnneeded(view, contents, [status.revision, status.lastGood], this.#services);
    const soon = unmounted.length > 0 ? replaceAgainMillis : lookAgainMillis;
    const waits = [this.#lookAgain(plans, observed), moved.after, asked.after, first?.after, unsaid, soon];
    if (!isAnnounced) waits.push(announcedMillis);
    return { after: Math.min(...waits.filter((wait) => wait !== undefined)) };
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
    const moved = moveRollout(stage, plans, observed, { failure, view, now });
    return { ...moved, after: isWatched ? Math.min(again, moved.after ?? again) : moved.after };
  }

  #resolve(view: FilterView, mode: DeliveryMode): Resolution {
    const { store, client, world, observe, tasks, again } = this.#services;
    const names = view.spec.filter.imagePullSecrets ?? [];
    return resolveFilter(view, {
      ...{ store, mode },
      rules: rulesFor(view.namespace, world.policies.list()),
      ...{ now: Date.now(), since: this.#since },
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

  /**
   * What the nodes shall have: on each node with a selected pod the revision in force and the last good one, and what the
   * pods there carry. @returns the digest of the revision
   */
  #want(view: FilterView, revision: string | undefined, newDigest?: string): string | undefined {
    const { world, wanted } = this.#services;
    const contents = world.contentsOf(view.id, view.namespace);
    // What comes with an image is on no node of ours.
    const stored = contents.filter(({ image }) => image === undefined);
    const digests = new Map(stored.map((each) => [each.value, each.moduleDigest]));
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
    wanted.set(view.key, byNode, view.status.resolved?.moduleDigest);
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
    this.#services.observe.retried();
    await offerOnceMore(view, { resolved, content, revision }, this.#services);
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

/** The revision that all pods run, as the status says. */
function saidOf({ status }: FilterDeployment): string | undefined {
  const is = status?.conditions?.find(({ type }) => type === "Loaded");
  return is?.status === "True" ? status?.revision : undefined;
}

function rootIdOf({ spec, status }: FilterView, { resolved }: Resolution): string {
  return spec.filter.rootId ?? resolved?.rootId ?? status.resolved?.rootId ?? noop;
}
