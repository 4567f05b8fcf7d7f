import type { KubeConfig } from "@kubernetes/client-node";
import { fieldManager } from "../api/names.js";
import { isKubeError } from "./kube-error.js";
import type { KubeObject } from "./object.js";
import { apiVersionOf, type Resource, type ResourceTarget, resourcePath } from "./resource.js";
import { type RequestObserver, Transport } from "./transport.js";
import { openWatch, type WatchEvent } from "./watch.js";

/** What a list is narrowed to. */
export interface ListOptions {
  /** Absent: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** How a write is done. */
export interface WriteOptions {
  /** Nothing is kept; admission runs. */
  dryRun?: boolean;
  subresource?: "status";
  signal?: AbortSignal | undefined;
}

/** A consistent list, and where a watch goes on from it. */
export interface Listed<T> {
  items: T[];
  resourceVersion: string;
}

const pageSize = 500;

/** The verbs of the API server, for objects of any kind as plain JSON. Nothing is retried here. */
export class KubeClient {
  readonly #transport: Transport;

  /**
   * @param observe told of each answer, for metrics
   * @param end when it fires, what runs is stopped and nothing more is sent, but for watches, which have signals of their own
   */
  constructor(config: KubeConfig, observe?: RequestObserver, end?: AbortSignal) {
    this.#transport = new Transport(config, observe, end);
  }

  /** @throws KubeError 404 when there is none */
  async get<T extends KubeObject>(
    resource: Resource,
    target: ResourceTarget,
    signal?: AbortSignal,
  ): Promise<T> {
    return (await this.#transport.json({
      method: "GET",
      resource: resource.plural,
      path: resourcePath(resource, target),
      signal,
    })) as T;
  }

  /** What the API server says of itself. https://kubernetes.io/docs/reference/using-api/#api-versioning */
  async version(signal?: AbortSignal): Promise<{ major?: string; minor?: string }> {
    const answer = await this.#transport.json({
      method: "GET",
      resource: "version",
      path: "/version",
      signal,
    });
    return answer as { major?: string; minor?: string };
  }

  /** As {@link get}, undefined when there is none. */
  async find<T extends KubeObject>(
    resource: Resource,
    target: ResourceTarget,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.get<T>(resource, target, signal);
    } catch (error) {
      if (isKubeError(error, 404)) return undefined;
      throw error;
    }
  }

  /**
   * All objects, page by page.
   *
   * @param each what to keep of an object, so that a large list never lies in memory whole
   */
  async list<T>(
    resource: Resource,
    options: ListOptions = {},
    each: (object: KubeObject) => T = (object) => object as T,
  ): Promise<Listed<T>> {
    const { namespace, labelSelector, fieldSelector, signal } = options;
    const items: T[] = [];
    for (let next: string | undefined; ; ) {
      const page = (await this.#transport.json({
        method: "GET",
        resource: resource.plural,
        path: resourcePath(resource, { namespace }),
        query: { labelSelector, fieldSelector, limit: pageSize, continue: next },
        signal,
      })) as { metadata?: { resourceVersion?: string; continue?: string }; items?: KubeObject[] };
      for (const item of page.items ?? []) items.push(each(item));
      next = page.metadata?.continue || undefined;
      if (next === undefined) return { items, resourceVersion: page.metadata?.resourceVersion ?? "" };
    }
  }

  /** Changes from a version on, until the server ends the watch. @throws KubeError 410 when the version is too old */
  watch(
    resource: Resource,
    options: ListOptions & { resourceVersion: string; signal: AbortSignal },
  ): AsyncGenerator<WatchEvent> {
    return openWatch(this.#transport, resource, options);
  }

  /** @throws KubeError 409 when it exists */
  async create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace } = object.metadata;
    return (await this.#transport.json({
      method: "POST",
      resource: resource.plural,
      path: resourcePath(resource, { namespace }),
      query: { fieldManager, dryRun: options.dryRun ? "All" : undefined },
      body: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object },
      signal: options.signal,
    })) as T;
  }

  /** Replaces it. @throws KubeError 409 when its resourceVersion is not the newest */
  async update<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    return (await this.#transport.json({
      method: "PUT",
      resource: resource.plural,
      path: resourcePath(resource, { namespace, name, subresource: options.subresource }),
      query: { fieldManager, dryRun: options.dryRun ? "All" : undefined },
      body: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object },
      signal: options.signal,
    })) as T;
  }

  /**
   * Server-side apply: the object has these fields afterwards, also where somebody else had set them; what was applied
   * before and is not named any more goes. https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  async apply<T extends KubeObject>(
    resource: Resource,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace, name } = object.metadata;
    return (await this.#transport.json({
      method: "PATCH",
      resource: resource.plural,
      path: resourcePath(resource, { namespace, name, subresource: options.subresource }),
      query: { fieldManager, force: true, dryRun: options.dryRun ? "All" : undefined },
      body: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object },
      // JSON is YAML, and no server refuses it under this name.
      contentType: "application/apply-patch+yaml",
      signal: options.signal,
    })) as T;
  }

  /**
   * JSON merge patch (RFC 7396): null removes. With `metadata.resourceVersion` in it the server refuses it with 409 when
   * the object has changed since.
   */
  async mergePatch<T extends KubeObject>(
    resource: Resource,
    target: { namespace?: string | undefined; name: string },
    patch: object,
    options: WriteOptions = {},
  ): Promise<T> {
    return (await this.#transport.json({
      method: "PATCH",
      resource: resource.plural,
      path: resourcePath(resource, { ...target, subresource: options.subresource }),
      query: { fieldManager, dryRun: options.dryRun ? "All" : undefined },
      body: patch,
      contentType: "application/merge-patch+json",
      signal: options.signal,
    })) as T;
  }

  /** Deletes it; one that is not there is fine. */
  async delete(
    resource: Resource,
    target: { namespace?: string | undefined; name: string },
    options: WriteOptions & { uid?: string | undefined } = {},
  ): Promise<void> {
    try {
      await this.#transport.json({
        method: "DELETE",
        resource: resource.plural,
        path: resourcePath(resource, target),
        query: { dryRun: options.dryRun ? "All" : undefined },
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
        },
        signal: options.signal,
      });
    } catch (error) {
      if (!isKubeError(error, 404)) throw error;
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#transport.close();
  }
}
