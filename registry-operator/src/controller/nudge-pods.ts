import { nudgeLabel } from "../api/names.js";
import type { Pod } from "../desired/pod.js";
import type { Observed } from "./observe-loaded.js";
import type { Services } from "./services.js";
import { writeLabels } from "./write-labels.js";

const patienceMillis = 4_000;

/**
 * Says it once more to pods that were told and do not run it. istiod looks at a pod's labels when they change, and on a busy
 * machine it was seen to miss one of two such changes for good; another change of any label makes it look again. Each pod is
 * nudged once for what it was told: an Envoy that rejected it needs more than that.
 */
export class Nudges {
  /** By FilterDeployment, by pod: what it was nudged for. */
  readonly #done = new Map<string, Map<string, string>>();

  /** @param attempt of the content that is wanted */
  async nudge(key: string, attempt: number, observed: Observed, services: Services): Promise<void> {
    const before = this.#done.get(key);
    const now = new Map<string, string>();
    const late: Pod[] = [];
    for (const [{ pod, wanted }, { loaded, seen, toldFor }] of observed) {
      const { uid = "" } = pod.metadata;
      const told = `${wanted} ${attempt} ${pod.restarts}`;
      const known = before?.get(uid);
      if (known === told) now.set(uid, told);
      // istiod looks only at pods that are ready.
      if (
        loaded !== false ||
        seen ||
        toldFor < patienceMillis ||
        known === told ||
        pod.proxyState !== "ready"
      )
        continue;
      now.set(uid, told);
      late.push(pod);
    }
    this.#done.set(key, now);
    if (late.length === 0) return;
    services.log.info({ filter: key, pods: late.length }, "told, and not loaded: told once more");
    services.observe.nudged(late.length);
    // Set and taken away: two changes, and nothing is left.
    for (const value of ["now", null]) {
      await writeLabels(
        services,
        nudgeLabel,
        late.map((pod) => ({ pod, value })),
      );
    }
  }

  forget(key: string): void {
    this.#done.delete(key);
  }
}
