import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Load, LoadResult } from "./load.js";
import { isReady, type Workload } from "./workload.js";

const clients = 4;
/** Milliseconds between two requests of a client. */
const pause = 10;
/** Milliseconds in which endpoints become known. */
const refresh = 100;
/** As often as Istio's sidecars try another endpoint that took no connection. */
const tries = 3;

/** Answers of nobody: what a client may try elsewhere, since no endpoint has seen the request. */
const notConnected = new Set(["ECONNREFUSED", "EHOSTUNREACH"]);

/**
 * A load on a workload whose pods come and go, as callers with a sidecar of their own make it: over kept-alive connections
 * to pods that are ready and not being deleted. What fails when it reached a pod has failed.
 */
export function startServiceLoad(workload: Workload, port: number): Load {
  const result: LoadResult = { requests: 0, failed: 0, failures: [], closed: 0 };
  const ended = new AbortController();
  let hosts: string[] = [];
  const follow = async () => {
    while (!ended.signal.aborted) {
      // The API server may be busy: what is known stays.
      const pods = await workload.pods().catch(() => undefined);
      hosts = pods?.filter(isReady).map(({ status }) => status.podIP) ?? hosts;
      await sleep(refresh);
    }
  };
  const client = async (start: number) => {
    const agent = new Agent({ keepAlive: true });
    while (hosts.length === 0 && !ended.signal.aborted) await sleep(pause);
    for (let n = start; !ended.signal.aborted; n++) {
      result.requests++;
      try {
        await ask(agent, () => hosts[n++ % hosts.length] ?? "", port);
      } catch (error) {
        result.failed++;
        if (result.failures.length < 10) result.failures.push(String(error));
      }
      await sleep(pause);
    }
    agent.destroy();
  };
  const running = [follow(), ...Array.from({ length: clients }, (_, n) => client(n))];
  return {
    async stop() {
      ended.abort();
      await Promise.all(running);
      return result;
    },
  };
}

async function ask(agent: Agent, host: () => string, port: number): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      const status = await statusOf(agent, host(), port);
      if (status === 200) return;
      throw new Error(`status ${status}`);
    } catch (error) {
      if (!notConnected.has((error as { code?: string }).code ?? "") || tried === tries) throw error;
    }
  }
}

function statusOf(agent: Agent, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host, port, path: "/load", timeout: 30_000 }, (response) => {
      response.once("error", reject).once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer in 30 s")));
    sent.once("error", reject).end();
  });
}
