import { setTimeout as sleep } from "node:timers/promises";
import { Backoff } from "../kube/backoff.js";
import type { ClientIdentity } from "./client-identity.js";
import { type OperatorClient, OperatorRefusal, type WantedList } from "./operator-client.js";

/** What {@link followWanted} works with. */
export interface WantedLoopOptions {
  client: OperatorClient;
  identity: ClientIdentity;
  node: string;
  maxWaitMs: number;
  onList: (list: WantedList) => void;
  onFailure: (error: unknown) => void;
}

/** Asks the operator what is wanted, again and again, until the signal fires; the last answer stays in force meanwhile. */
export async function followWanted(options: WantedLoopOptions, signal: AbortSignal): Promise<void> {
  const { client, identity, node } = options;
  const backoff = new Backoff({ first: 200, most: options.maxWaitMs });
  let known: WantedList | undefined;
  while (!signal.aborted) {
    const started = performance.now();
    try {
      const list = await client.wanted(node, known?.version, await identity.get(signal), signal);
      const isNews = list.version !== known?.version;
      known = list;
      backoff.reset();
      if (isNews) options.onList(list);
      // An operator that does not wait must not be asked in a tight loop.
      else if (performance.now() - started < 100)
        await sleep(1000, undefined, { signal }).catch(() => undefined);
    } catch (error) {
      if (signal.aborted) return;
      // The authority may have been made anew.
      if (error instanceof OperatorRefusal && error.status === 401) identity.drop();
      options.onFailure(error);
      await backoff.wait(signal);
    }
  }
}
