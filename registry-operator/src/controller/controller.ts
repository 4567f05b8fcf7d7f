import type { Logger } from "pino";
import type { FilterDeployment } from "../api/filter-deployment.js";
import { EventRecorder, type KubeClient, keyOf, ServerVersion, WorkQueue } from "../kube/index.js";
import { LoadedTracker, type StatsReader } from "../loaded/index.js";
import type { ModuleServer } from "../modules/index.js";
import type { KnownCluster } from "../webhook/index.js";
import type { Observer } from "./observer.js";
import { Reconciler } from "./reconcile.js";
import type { Store } from "./resolve.js";
import { Tasks } from "./tasks.js";
import { WantedModules } from "./wanted-modules.js";
import { World } from "./world.js";

/** What a controller works with. */
export interface ControllerOptions {
  client: KubeClient;
  /** Where FilterDeployments are for the whole mesh. */
  rootNamespace: string;
  store: Store;
  server: Pick<ModuleServer, "setWanted">;
  stats: Pick<StatsReader, "read" | "requests">;
  observe: Observer;
  /** Whether the API server asks about pods that come, so that they can be given the mount. */
  mountsPods: () => boolean;
  log: Logger;
}

/** Changes of many pods at once, as a rollout makes them, are one reconcile. */
const gatherMillis = 50;
const concurrency = 8;
/** For one image; the store has a limit of its own too. */
const resolveMillis = 150_000;
const collectMillis = 10 * 60_000;

/** Follows the cluster and reconciles each FilterDeployment when something that matters to it changes. */
export class Controller {
  readonly #world: World;
  readonly #wanted: WantedModules;
  readonly #queue: WorkQueue;
  readonly #tasks = new Tasks(resolveMillis);
  readonly #options: ControllerOptions;
  readonly #version: ServerVersion;
  #timer: NodeJS.Timeout | undefined;
  #synced = false;

  constructor(options: ControllerOptions) {
    const { client, rootNamespace, log, observe } = options;
    this.#options = options;
    this.#wanted = new WantedModules(options.server);
    this.#version = new ServerVersion(client, () => this.#addAll());
    this.#world = new World({
      client,
      rootNamespace,
      // Before everything is listed, each object would seem to be alone in the world.
      onAffected: (key) => this.#synced && this.#queue.addAfter(key, gatherMillis),
      onError: (resource, error) => log.warn({ resource, error: String(error) }, "cannot follow the cluster"),
    });
    const reconciler = new Reconciler({
      ...{ client, world: this.#world, store: options.store, wanted: this.#wanted, observe, log },
      mountsPods: options.mountsPods,
      kubernetes: () => this.#version.minor(),
      tasks: this.#tasks,
      again: (key) => this.#queue.add(key),
      stats: options.stats,
      loaded: new LoadedTracker(options.stats),
      events: new EventRecorder(client, (error) =>
        log.debug({ error: String(error) }, "an event was not written"),
      ),
    });
    this.#queue = new WorkQueue((key) => this.#timed(() => reconciler.reconcile(key)), {
      concurrency,
      first: 200,
      most: 60_000,
      onError: (key, error, wait) => log.warn({ filter: key, error: String(error), wait }, "will try again"),
    });
  }

  /** Keys that wait to be reconciled. */
  get depth(): number {
    return this.#queue.depth;
  }

  /** The FilterDeployments that are known. */
  get filters(): FilterDeployment[] {
    return this.#world.filters.list();
  }

  /** Its copy of the cluster, for who else has to know it. */
  get known(): KnownCluster {
    const world = this.#world;
    const isComplete = () => this.#synced;
    return {
      get complete() {
        return isComplete();
      },
      policies: () => world.policies.list(),
      filters: () => world.filters.list(),
      filtersOver: (namespace) => world.filtersOver(namespace),
      workloadAt: (place) => world.workloadAt(place),
      labelsOfNamespace: (name) => world.labelsOfNamespace(name),
    };
  }

  /** Resolves when the cluster is known and reconciling has begun; also when it was stopped before. */
  async start(): Promise<void> {
    await Promise.all([this.#world.start(), this.#version.refresh()]);
    this.#synced = true;
    this.#wanted.expect(this.filters.map(keyOf));
    this.#addAll();
    this.#timer = setInterval(() => void this.#collect(), collectMillis);
  }

  /** Ends what runs; the mesh stays as it is. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#synced = false;
    this.#wanted.close();
    this.#tasks.close();
    await Promise.all([this.#queue.close(), this.#world.stop()]);
  }

  #addAll(): void {
    if (!this.#synced) return;
    for (const filter of this.filters) this.#queue.add(keyOf(filter));
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let failed = true;
    try {
      const result = await work();
      failed = false;
      return result;
    } finally {
      this.#options.observe.reconciled((performance.now() - started) / 1000, failed);
    }
  }

  async #collect(): Promise<void> {
    if (!this.#wanted.complete) return;
    try {
      await this.#options.store.collect(this.#wanted.digests());
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, "the store was not tidied");
    }
  }
}
