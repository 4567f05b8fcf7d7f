import { resources } from "../api/names.js";
import type { NodeModules } from "../api/node-modules.js";
import { canonicalJson } from "../desired/canonical-json.js";
import { EventRecorder, type KubeClient, type Metadata } from "../kube/index.js";

/** A module that shall be on the node and could not be stored. */
export interface StoreFailure {
  digest: string;
  /** A code of `errors.ts`. */
  reason: string;
  message: string;
}

/** What is on a node. */
export interface NodeFacts {
  /** Of the modules that are whole, sorted. */
  digests: readonly string[];
  /** The first ten are told. */
  failures: readonly StoreFailure[];
}

/** Tells the operator what is on the node. */
export interface NodeReport {
  /** Says what is there; nothing is written when that is known already. */
  write(facts: NodeFacts, signal: AbortSignal): Promise<void>;
  /** Says what goes wrong; the same thing is not said again and again. Never throws. */
  warn(reason: string, message: string): Promise<void>;
}

const nodes = { group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false } as const;

const maxFailures = 10;

/** Reports through NodeModules and events. */
export class KubeNodeReport implements NodeReport {
  readonly #client: KubeClient;
  readonly #node: string;
  readonly #agentVersion: string;
  readonly #events: EventRecorder;

  constructor(client: KubeClient, node: string, agentVersion: string, onError: (error: unknown) => void) {
    this.#client = client;
    this.#node = node;
    this.#agentVersion = agentVersion;
    this.#events = new EventRecorder(client, onError);
  }

  async write({ digests, failures }: NodeFacts, signal: AbortSignal): Promise<void> {
    const target = { name: this.#node };
    const status = {
      digests: [...digests],
      agentVersion: this.#agentVersion,
      ...(failures.length > 0 ? { failures: failures.slice(0, maxFailures).map(asTold) } : {}),
    };
    const found = await this.#client.find<NodeModules>(resources.nodeModules, target, signal);
    if (found?.status?.digests && canonicalJson(sorted(found)) === canonicalJson(status)) return;
    if (!found) {
      const created: NodeModules = { metadata: { ...target, ...(await this.#owner(signal)) } };
      await this.#client.apply(resources.nodeModules, created, { signal });
    }
    const reported: NodeModules = { metadata: target, status };
    await this.#client.apply(resources.nodeModules, reported, { subresource: "status", signal });
  }

  async warn(reason: string, message: string): Promise<void> {
    const note = { type: "Warning", reason, message } as const;
    await this.#events.record(resources.nodeModules, { metadata: { name: this.#node } }, note);
  }

  // With its node the report goes too.
  async #owner(signal: AbortSignal): Promise<Pick<Metadata, "ownerReferences">> {
    const node = await this.#client.find(nodes, { name: this.#node }, signal);
    const uid = node?.metadata.uid;
    return uid === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name: this.#node, uid }] };
  }
}

function sorted({ status }: NodeModules) {
  return { ...status, digests: [...(status?.digests ?? [])].sort() };
}

function asTold({ digest, reason, message }: StoreFailure): StoreFailure {
  return { digest, reason, message: message.slice(0, 1024) };
}
