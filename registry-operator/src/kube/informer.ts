import { Backoff } from "./backoff.js";
import type { KubeClient } from "./client.js";
import { deferred } from "./deferred.js";
import { isKubeError } from "./kube-error.js";
import { type KubeObject, keyOf } from "./object.js";
import type { Resource } from "./resource.js";

/** What an informer saw change. */
export interface Change<T> {
  /** As it is now; undefined: it is gone. */
  object: T | undefined;
  /** As it was; undefined: it is new. */
  old: T | undefined;
}

/** How an informer works. */
export interface InformerOptions<T extends KubeObject> {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** What to keep of each object; absent: all of it. It must keep `metadata.name`, `namespace` and `resourceVersion`. */
  keep?: (object: KubeObject) => T;
  /** Named lists of keys under which an object is found again. */
  indexes?: Record<string, (object: T) => readonly string[]>;
  /** Called for each change, after the cache has it. Must not throw. */
  onChange?: (change: Change<T>) => void;
  /** Called when listing or watching failed; it goes on by itself. */
  onError?: (error: unknown) => void;
}

/**
 * A copy of a collection that follows the API server: listed once, then watched. It survives everything by starting the
 * watch again from where it was, and by listing again when that is too old (410); meanwhile the copy stays readable.
 * What changed or went in between is told as changes.
 */
export class Informer<T extends KubeObject> {
  readonly #client: KubeClient;
  readonly #resource: Resource;
  readonly #options: InformerOptions<T>;
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #synced = deferred();
  /** The newest version that the watch has told. */
  #reached = "";

  constructor(client: KubeClient, resource: Resource, options: InformerOptions<T> = {}) {
    this.#client = client;
    this.#resource = resource;
    this.#options = options;
    for (const name of Object.keys(options.indexes ?? {})) this.#indexes.set(name, new Map());
  }

  /** Begins; resolves when the first list is in, or when it was stopped before. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#synced.promise;
  }

  /** Ends the watch; the copy stays readable. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#synced.resolve();
    await this.#running;
  }

  /** @param key `NAMESPACE/NAME`, or the name of a cluster-scoped object */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All objects, in no order. */
  list(): T[] {
    return [...this.#objects.values()];
  }

  /** The objects that an index has under a value. */
  by(index: string, value: string): T[] {
    const keys = this.#indexes.get(index)?.get(value) ?? [];
    return [...keys].map((key) => this.#objects.get(key)!);
  }

  /** How many there are. */
  get size(): number {
    return this.#objects.size;
  }

  /**
   * Puts in what a write of ours returned, so that the next reconcile does not see the world before its own write. An
   * older version than the one at hand is left out.
   */
  put(object: KubeObject): void {
    const known = this.#objects.get(keyOf(object));
    const version = object.metadata.resourceVersion ?? "";
    // What the watch has passed and is not here any more was deleted meanwhile.
    if (isNewer(known?.metadata.resourceVersion ?? this.#reached, version)) return;
    this.#set(this.#kept(object));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const backoff = new Backoff({ first: 100, most: 10_000 });
    let version: string | undefined;
    while (!signal.aborted) {
      try {
        if (version === undefined) {
          version = await this.#relist(signal);
          this.#synced.resolve();
        }
        const { namespace, labelSelector, fieldSelector } = this.#options;
        const selection = { namespace, labelSelector, fieldSelector };
        const events = this.#client.watch(this.#resource, { ...selection, resourceVersion: version, signal });
        for await (const { type, object } of events) {
          backoff.reset();
          version = object.metadata.resourceVersion ?? version;
          this.#reached = version;
          if (type === "DELETED") this.#delete(keyOf(object));
          else if (type !== "BOOKMARK") this.#follow(object);
        }
        // A server that closes each watch at once must not be asked in a tight loop.
        if (!signal.aborted) await backoff.wait(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isKubeError(error, 410)) version = undefined;
        else this.#options.onError?.(error);
        await backoff.wait(signal);
      }
    }
  }

  async #relist(signal: AbortSignal): Promise<string> {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    const seen = new Set<string>();
    const { items, resourceVersion } = await this.#client.list(
      this.#resource,
      { namespace, labelSelector, fieldSelector, signal },
      (object) => this.#kept(object),
    );
    for (const item of items) {
      seen.add(keyOf(item));
      this.#set(item);
    }
    for (const key of [...this.#objects.keys()]) if (!seen.has(key)) this.#delete(key);
    this.#reached = resourceVersion;
    return resourceVersion;
  }

  #follow(object: KubeObject): void {
    const known = this.#objects.get(keyOf(object));
    if (known && isNewer(known.metadata.resourceVersion ?? "", object.metadata.resourceVersion ?? "")) return;
    this.#set(this.#kept(object));
  }

  #kept(object: KubeObject): T {
    return this.#options.keep ? this.#options.keep(object) : (object as T);
  }

  #set(object: T): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old) return;
    if (old) this.#unindex(key, old);
    this.#objects.set(key, object);
    this.#index(key, object);
    this.#options.onChange?.({ object, old });
  }

  #delete(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#unindex(key, old);
    this.#objects.delete(key);
    this.#options.onChange?.({ object: undefined, old });
  }

  #index(key: string, object: T): void {
    for (const [name, values] of this.#indexes) {
      for (const value of this.#options.indexes?.[name]?.(object) ?? []) {
        const keys = values.get(value);
        if (keys) keys.add(key);
        else values.set(value, new Set([key]));
      }
    }
  }

  #unindex(key: string, object: T): void {
    for (const [name, values] of this.#indexes) {
      for (const value of this.#options.indexes?.[name]?.(object) ?? []) {
        const keys = values.get(value);
        keys?.delete(key);
        if (keys?.size === 0) values.delete(value);
      }
    }
  }
}

/** Versions of one resource grow, and are comparable as numbers; where they are none, the newcomer is taken. */
function isNewer(known: string, other: string): boolean {
  return /^\d+$/.test(known) && /^\d+$/.test(other) && BigInt(known) >= BigInt(other);
}
