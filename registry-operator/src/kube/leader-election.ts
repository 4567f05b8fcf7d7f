import { setTimeout as sleep } from "node:timers/promises";
import { MeshwasmError } from "../errors.js";
import type { KubeClient } from "./client.js";
import { deadline } from "./deadline.js";
import { isKubeError } from "./kube-error.js";
import type { KubeObject } from "./object.js";
import { wellKnown } from "./resource.js";

/** Which lease, and how long it lasts. */
export interface LeaderElectionOptions {
  namespace: string;
  name: string;
  /** Who this process is; must differ between processes. */
  identity: string;
  /** Milliseconds that others wait after the last renewal. Default 15 000. */
  lease?: number;
  /** Milliseconds without a renewal after which this process gives up by itself; below `lease`. Default 10 000. */
  renew?: number;
  /** Milliseconds between tries. Default 2 000. */
  retry?: number;
  onError?: (error: unknown) => void;
}

interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/**
 * One of several processes leads: the one that holds a Lease and renews it. How long a lease has stood still is measured
 * by this process's own monotonic clock, so clocks that differ or step do no harm; the rules are client-go's.
 * https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
 */
export class LeaderElection {
  readonly #client: KubeClient;
  readonly #options: Required<Omit<LeaderElectionOptions, "onError">> &
    Pick<LeaderElectionOptions, "onError">;
  #seen: { version: string; at: number } | undefined;

  constructor(client: KubeClient, options: LeaderElectionOptions) {
    this.#client = client;
    this.#options = { lease: 15_000, renew: 10_000, retry: 2_000, ...options };
  }

  /**
   * Waits for the lease, then leads until `signal` fires or the lease is lost.
   *
   * @param lead gets a signal that fires when leading must end; its promise is awaited before the lease is given back
   * @throws MeshwasmError LeadershipLost when the lease could not be renewed in time; what `lead` throws
   */
  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while ((await this.#try(signal)) !== "held") {
      if (signal.aborted) return;
      await pause(this.#options.retry, signal);
      if (signal.aborted) return;
    }
    const leading = new AbortController();
    const stop = () => leading.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const work = lead(leading.signal).finally(stop);
    // Its failure is thrown below; without this line Node would end the process first.
    work.catch(() => {});
    const kept = await this.#keep(leading.signal);
    stop();
    try {
      await work;
    } finally {
      signal.removeEventListener("abort", stop);
      if (kept) await this.#release();
    }
    if (!kept) {
      throw new MeshwasmError(
        "LeadershipLost",
        `${this.#options.identity} could not renew the lease in time`,
        {
          hint: "another replica goes on; this one starts again",
        },
      );
    }
  }

  /** @returns false when the lease was lost, true when it was told to stop */
  async #keep(signal: AbortSignal): Promise<boolean> {
    let renewed = performance.now();
    while (!signal.aborted) {
      await pause(this.#options.retry, signal);
      if (signal.aborted) return true;
      const started = performance.now();
      const limit = deadline(Math.max(1, renewed + this.#options.renew - started), signal);
      const result = await this.#try(limit.signal).finally(limit.clear);
      if (signal.aborted) return true;
      if (result === "held") renewed = started;
      else if (result === "others" || performance.now() - renewed >= this.#options.renew) return false;
    }
    return true;
  }

  /** Takes or renews the lease. @returns who holds it now; `failed`: not known */
  async #try(signal: AbortSignal): Promise<"held" | "others" | "failed"> {
    const { namespace, name, identity, lease } = this.#options;
    const now = new Date().toISOString().replace("Z", "000Z");
    const spec = { holderIdentity: identity, leaseDurationSeconds: Math.ceil(lease / 1000), renewTime: now };
    try {
      const found = await this.#client.find<Lease>(wellKnown.leases, { namespace, name }, signal);
      if (!found) {
        const fresh = { ...spec, acquireTime: now, leaseTransitions: 0 };
        await this.#client.create<Lease>(
          wellKnown.leases,
          { metadata: { namespace, name }, spec: fresh },
          { signal },
        );
        return "held";
      }
      const mine = found.spec?.holderIdentity === identity;
      if (!mine && !this.#expired(found)) return "others";
      const transitions = found.spec?.leaseTransitions ?? 0;
      const taken = mine
        ? { ...found.spec, ...spec }
        : { ...spec, acquireTime: now, leaseTransitions: transitions + 1 };
      // The version of the object read makes the server refuse all but one of those who try at once.
      await this.#client.update<Lease>(wellKnown.leases, { ...found, spec: taken }, { signal });
      return "held";
    } catch (error) {
      if (!isKubeError(error, 409) && !signal.aborted) this.#options.onError?.(error);
      return "failed";
    }
  }

  #expired({ metadata, spec }: Lease): boolean {
    if (!spec?.holderIdentity) return true;
    const version = metadata.resourceVersion ?? "";
    if (this.#seen?.version !== version) {
      this.#seen = { version, at: performance.now() };
      return false;
    }
    const duration = (spec.leaseDurationSeconds ?? 0) * 1000 || this.#options.lease;
    return performance.now() - this.#seen.at > duration;
  }

  /** So that the next one need not wait. */
  async #release(): Promise<void> {
    const { namespace, name, identity } = this.#options;
    try {
      const found = await this.#client.find<Lease>(wellKnown.leases, { namespace, name });
      if (found?.spec?.holderIdentity !== identity) return;
      const spec = { ...found.spec, holderIdentity: "", leaseDurationSeconds: 1 };
      await this.#client.update<Lease>(wellKnown.leases, { ...found, spec });
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}

async function pause(millis: number, signal: AbortSignal): Promise<void> {
  await sleep(millis, undefined, { signal }).catch(() => {});
}
