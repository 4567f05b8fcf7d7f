import type { Pod } from "../desired/pod.js";
import { wellKnown } from "../kube/index.js";
import type { LoadedState } from "../loaded/index.js";
import type { Observed } from "./observe-loaded.js";
import type { PodPlan } from "./pod-plan.js";
import type { Services } from "./services.js";

/** Told late: it may still have been in time, and the rest of its start may take a while. */
const patienceMillis = 10_000;
/** Told in time, by clocks that may differ: then it is something else that takes long. */
const longPatienceMillis = 3 * 60_000;
const mostMillis = 10 * 60_000;

/**
 * Replaces pods that were told too late, or came without the mount. istiod reads a pod's labels when its Envoy connects, and again only while the pod
 * is ready: a pod that is held unready until its content comes, and got its label after its Envoy connected, would wait for
 * ever (istiod's `pilot/pkg/serviceregistry/kube/controller/pod.go` and `pilot/pkg/xds/ads.go`, of 1.31). It has not begun
 * to serve, so nothing is lost. One at a time, and later each time as long as that does not help: the pod may be held by
 * something else.
 */
export class HeldPods {
  readonly #tries = new Map<string, { count: number; at: number }>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Deletes a held pod that its owner makes anew. @param unmounted those that are held because they lack the mount */
  async replace(
    key: string,
    observed: Observed,
    services: Services,
    unmounted: readonly Pod[] = [],
  ): Promise<void> {
    const late = [...observed].filter(([plan, state]) => isHeld(plan, state)).map(([{ pod }]) => pod);
    const known = this.#tries.get(key);
    const [pod] = [...unmounted, ...late];
    if (!pod) {
      if (known && [...observed.values()].every(({ loaded }) => loaded === true)) this.#tries.delete(key);
      return;
    }
    const now = this.#now();
    if (known && now - known.at < Math.min(mostMillis, patienceMillis * 2 ** known.count)) return;
    this.#tries.set(key, { count: (known?.count ?? 0) + 1, at: now });
    const { namespace = "", name, uid } = pod.metadata;
    services.log.warn({ filter: key, pod: `${namespace}/${name}` }, "held, and would be for ever: replaced");
    const why = unmounted.includes(pod)
      ? "it came without the mount that is needed for"
      : "its Envoy was told too late what to run of";
    services.observe.replaced();
    await services.client.delete(wellKnown.pods, { namespace, name }, { uid });
    await services.events.record(wellKnown.pods, pod, {
      type: "Normal",
      reason: "HeldPodReplaced",
      message: `${why} ${key}, and it had not begun to serve`,
    });
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}

/** An Envoy opens no port, that of its stats neither, before it has all that it needs to serve. */
function isHeld({ pod }: PodPlan, { loaded, toldFor }: LoadedState): boolean {
  if (!pod.controlled || pod.gone || pod.proxyState !== "starting" || loaded !== undefined) return false;
  return toldFor > (pod.toldLate ? patienceMillis : longPatienceMillis);
}
