import { MeshwasmError } from "../errors.js";
import { Backoff } from "../kube/backoff.js";
import { Limiter } from "../modules/limiter.js";
import type { ClientIdentity } from "./client-identity.js";
import type { NodeStore } from "./node-store.js";
import type { OperatorClient } from "./operator-client.js";
import type { Wakeup } from "./wakeup.js";

/** What {@link fetchMissing} works with. */
export interface FetchLoopOptions {
  client: OperatorClient;
  identity: ClientIdentity;
  store: NodeStore;
  /** Modules that shall be here. */
  wanted: () => ReadonlySet<string>;
  /** Rings when the list changed or a file went. */
  wakeup: Wakeup;
  maxWaitMs: number;
  onStored: (digest: string, bytes: number) => void;
  onFailure: (error: unknown, digest: string) => void;
}

/** As the operator's own limit: nothing larger is ever wanted. */
const maxModuleBytes = 64 * 1024 * 1024;
/** A transfer that takes longer is begun anew. */
const transferMs = 5 * 60_000;
const atOnce = 3;
/** Nothing is missing: whoever changes that rings. */
const idleMs = 60_000;

/** Fetches what is wanted and not here, until the signal fires; failures are tried again, ever more seldom. */
export async function fetchMissing(options: FetchLoopOptions, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff({ first: 200, most: options.maxWaitMs });
  while (!signal.aborted) {
    const missing = [...options.wanted()].filter((digest) => !options.store.has(digest));
    const limiter = new Limiter(atOnce);
    const done = await Promise.all(
      missing.map((digest) => limiter.run(() => fetchOne(options, digest, signal))),
    );
    if (done.every((isStored) => isStored)) {
      backoff.reset();
      await options.wakeup.wait(idleMs, signal);
    } else {
      await options.wakeup.wait(backoff.next(), signal);
    }
  }
}

async function fetchOne(options: FetchLoopOptions, digest: string, signal: AbortSignal): Promise<boolean> {
  const { client, identity, store } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), transferMs);
  const stop = () => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const own = await identity.get(limit.signal);
    const bytes = await store.put(digest, client.module(digest, own, limit.signal), maxModuleBytes);
    options.onStored(digest, bytes);
    return true;
  } catch (error) {
    const isLate = limit.signal.aborted && !signal.aborted;
    const late = new MeshwasmError(
      "OperatorUnreachable",
      `fetching module ${digest} took more than ${transferMs} ms`,
    );
    if (!signal.aborted) options.onFailure(isLate ? late : error, digest);
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
