import { nudgeLabel } from "../api/names.js";
import { forEachLimited, isKubeError, type KubeObject, wellKnown } from "../kube/index.js";
import type { Observed } from "./observe-loaded.js";
import type { Services } from "./services.js";

const patienceMillis = 4_000;
const concurrency = 16;

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
    const late: { namespace?: string | undefined; name: string; uid?: string | undefined }[] = [];
    for (const [{ pod, wanted }, { loaded, toldFor }] of observed) {
      const { namespace, name, uid = "" } = pod.metadata;
      const told = `${wanted} ${attempt} ${pod.restarts}`;
      const known = before?.get(uid);
      if (known === told) now.set(uid, told);
      // istiod looks only at pods that are ready.
      if (loaded !== false || toldFor < patienceMillis || known === told || pod.proxyState !== "ready")
        continue;
      now.set(uid, told);
      late.push({ namespace, name, uid });
    }
    this.#done.set(key, now);
    if (late.length === 0) return;
    services.log.info({ filter: key, pods: late.length }, "told, and not loaded: told once more");
    services.observe.nudged(late.length);
    await forEachLimited(late, concurrency, async ({ namespace, name, uid }) => {
      try {
        // Set and taken away: two changes, and nothing is left.
        for (const value of ["now", null]) {
          const patch = { metadata: { uid, labels: { [nudgeLabel]: value } } };
          const written = await services.client.mergePatch<KubeObject>(
            wellKnown.pods,
            { namespace, name },
            patch,
          );
          services.world.pods.put(written);
        }
      } catch (error) {
        if (!isKubeError(error, 404, 409)) throw error;
      }
    });
  }

  forget(key: string): void {
    this.#done.delete(key);
  }
}
