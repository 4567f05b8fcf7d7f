import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Registry } from "@meshwasm/oras/registry";
import { pino } from "pino";
import { startOperator } from "../../registry-operator/src/operator.js";
import type { Cluster } from "../operator/cluster.js";

/** The operator in this process, leading. */
export interface InProcessOperator {
  /** `https://HOST:PORT` of its admission webhook. */
  webhook: string;
  stop(): Promise<void>;
}

/** Runs the operator with its shipped roles until it is stopped. @param folder for its copies of modules */
export async function runOperator({ kube }: Cluster, folder: string): Promise<InProcessOperator> {
  const kubeconfig = await kube.kubeconfigFor({
    namespace: "meshwasm-system",
    serviceAccount: "meshwasm-operator",
  });
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const webhook = await new Promise<string>((resolve, reject) => {
    const any = "127.0.0.1:0";
    running = startOperator(
      {
        ...{ kubeconfig, listen: any, webhookListen: any, metricsListen: any },
        ...{ storeDir: join(folder, "store"), log: pino({ level: "silent" }) },
        onLeading: (urls) => resolve(urls.webhook ?? ""),
      },
      stop.signal,
    );
    running.catch(reject);
  });
  return {
    webhook,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** What a file's tests share; absent: it was not started. */
export interface Shared {
  operator?: InProcessOperator | undefined;
  registry?: Registry | undefined;
  cluster?: Cluster | undefined;
  folder?: string | undefined;
}

/** Stops it all, also when the operator's end fails: what is left running would keep the test's file alive for ever. */
export async function stopAll({ operator, registry, cluster, folder }: Shared): Promise<void> {
  try {
    await operator?.stop();
  } finally {
    await registry?.close();
    await cluster?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}
