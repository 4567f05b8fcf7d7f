import type { ModuleServer } from "../modules/index.js";

/** Digests by node. */
export type WantedByNode = ReadonlyMap<string, ReadonlySet<string>>;

/** Changes within this time are told together. */
const gatherMillis = 20;

/**
 * Which modules each node shall have, all FilterDeployments together. Nothing is told to the nodes before every one of
 * them has been looked at once: an agent that gets a list without a module may delete it.
 */
export class WantedModules {
  readonly #server: Pick<ModuleServer, "setWanted">;
  readonly #byFilter = new Map<string, WantedByNode>();
  readonly #own = new Map<string, string>();
  #missing: Set<string> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Pick<ModuleServer, "setWanted">) {
    this.#server = server;
  }

  /** Begins: these FilterDeployments have to be heard first. */
  expect(keys: Iterable<string>): void {
    this.#missing = new Set(keys);
    this.#told();
  }

  /**
   * What one FilterDeployment wants.
   *
   * @param wanted undefined: it is gone
   * @param own what the operator keeps for itself, as it goes by it and no node needs it
   */
  set(key: string, wanted: WantedByNode | undefined, own?: string): void {
    if (wanted === undefined) this.#byFilter.delete(key);
    else this.#byFilter.set(key, wanted);
    if (wanted === undefined || own === undefined) this.#own.delete(key);
    else this.#own.set(key, own);
    this.#missing?.delete(key);
    this.#told();
  }

  /** All digests that are needed anywhere. */
  digests(): Set<string> {
    const all = new Set(this.#own.values());
    for (const wanted of this.#byFilter.values()) {
      for (const digests of wanted.values()) for (const digest of digests) all.add(digest);
    }
    return all;
  }

  /** Whether everything was looked at, so that what is not wanted may go. */
  get complete(): boolean {
    return this.#missing?.size === 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#missing = undefined;
  }

  #told(): void {
    if (!this.complete) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.complete) this.#server.setWanted(this.#sum());
    }, gatherMillis);
  }

  #sum(): Map<string, Set<string>> {
    const sum = new Map<string, Set<string>>();
    for (const wanted of this.#byFilter.values()) {
      for (const [node, digests] of wanted) {
        const known = sum.get(node);
        if (!known) sum.set(node, new Set(digests));
        else for (const digest of digests) known.add(digest);
      }
    }
    return sum;
  }
}
