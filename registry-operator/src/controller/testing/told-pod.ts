import { podFacts } from "../../desired/pod.js";
import type { LoadedState } from "../../loaded/index.js";
import type { PodPlan } from "../pod-plan.js";
import type { Services } from "../services.js";

/** What a {@link toldPod} is like. Absent: an Envoy that is ready, was told in time, and runs something else. */
export interface ToldPodOptions {
  loaded?: boolean | undefined;
  seen?: boolean;
  /** Milliseconds. */
  toldFor: number;
  /** Whether its Envoy passed its probe. */
  ready?: boolean;
  late?: boolean;
  controlled?: boolean;
}

/** A pod that was told what to run, and what was seen of it. */
export function toldPod(uid: string, options: ToldPodOptions): readonly [PodPlan, LoadedState] {
  const { toldFor, seen = false, ready = true, late = false, controlled = true } = options;
  const state = { running: { startedAt: "2026-01-01T00:00:10Z" } };
  const containerStatuses = [{ name: "istio-proxy", restartCount: 0, ready, state }];
  const metadata = {
    ...{ namespace: "shop", name: `web-${uid}`, uid },
    managedFields: [{ manager: "meshwasm-operator", time: `2026-01-01T00:00:${late ? 20 : 5}Z` }],
    ownerReferences: controlled ? [{ kind: "ReplicaSet", name: "web", controller: true }] : [],
  };
  const pod = podFacts({ metadata, status: { containerStatuses } } as never);
  const plan: PodPlan = {
    ...{ pod, wanted: "r-new", label: "r-new", winner: undefined },
    ...{ mounted: true, able: true, waits: false },
  };
  const loaded = "loaded" in options ? options.loaded : false;
  return [plan, { loaded, seen, runs: "r-old", problem: undefined, toldFor }];
}

/** Services that write down what is asked of the API server. */
export function recordedServices(): { written: string[]; services: Services } {
  const written: string[] = [];
  const services = {
    log: { info: () => {}, warn: () => {} },
    observe: { labelled: () => {}, nudged: () => {}, replaced: () => {} },
    events: { record: async () => {} },
    world: { pods: { put: () => {} } },
    client: {
      mergePatch: async (_: unknown, { name }: { name: string }, { metadata }: { metadata: object }) => {
        written.push(`patch ${name} ${JSON.stringify(metadata)}`);
        return {};
      },
      delete: async (_: unknown, { name }: { name: string }, { uid }: { uid: string }) => {
        written.push(`delete ${name} ${uid}`);
      },
    },
  };
  return { written, services: services as unknown as Services };
}
