import { createHash } from "node:crypto";
import type { KubeClient } from "./client.js";
import { isKubeError } from "./kube-error.js";
import type { KubeObject } from "./object.js";
import { apiVersionOf, type Resource, wellKnown } from "./resource.js";

/** What happened to an object. */
export interface EventNote {
  /** `Warning` when a person should look. */
  type: "Normal" | "Warning";
  /** CamelCase. */
  reason: string;
  message: string;
}

interface KubeEvent extends KubeObject {
  count?: number;
}

/** The same event is written again at most this often. */
const quietMillis = 10 * 60_000;
const maxRemembered = 10_000;

/**
 * Writes events that do not repeat: the same thing about the same object is one Event whose count grows, also over restarts,
 * because its name is made from what it says. An event that cannot be written is not tried again.
 */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #onError: (error: unknown) => void;
  readonly #last = new Map<string, number>();

  constructor(client: KubeClient, onError: (error: unknown) => void = () => {}) {
    this.#client = client;
    this.#onError = onError;
  }

  /** Never throws. */
  async record(resource: Resource, object: KubeObject, note: EventNote): Promise<void> {
    const { namespace = "default", name, uid } = object.metadata;
    const hash = createHash("sha256")
      .update([uid, note.type, note.reason, note.message].join("\0"))
      .digest("hex");
    const last = this.#last.get(hash);
    if (last !== undefined && performance.now() - last < quietMillis) return;
    if (this.#last.size >= maxRemembered) this.#last.clear();
    this.#last.set(hash, performance.now());
    const now = new Date().toISOString();
    const eventName = `${name.slice(0, 200)}.${hash.slice(0, 16)}`;
    const event = {
      metadata: { namespace, name: eventName },
      involvedObject: { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name, uid },
      type: note.type,
      reason: note.reason,
      message: note.message.slice(0, 1024),
      source: { component: "meshwasm-operator" },
      reportingComponent: "meshwasm.io/operator",
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await this.#client.create(wellKnown.events, event);
    } catch (error) {
      if (isKubeError(error, 409)) await this.#again(namespace, eventName, now);
      else this.#onError(error);
    }
  }

  async #again(namespace: string, name: string, now: string): Promise<void> {
    try {
      // An empty patch answers with the event as it is, which spares the role the verb `get`.
      const known = await this.#client.mergePatch<KubeEvent>(wellKnown.events, { namespace, name }, {});
      const patch = { count: (known.count ?? 1) + 1, lastTimestamp: now };
      await this.#client.mergePatch(wellKnown.events, { namespace, name }, patch);
    } catch (error) {
      this.#onError(error);
    }
  }
}
