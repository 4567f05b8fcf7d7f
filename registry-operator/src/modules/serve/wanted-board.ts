import { createHash } from "node:crypto";

/** What one node shall have. */
export interface Wanted {
  /** Changes exactly when the list does, the same in every process. */
  version: string;
  /** `sha256:…`, sorted. */
  digests: readonly string[];
}

/** The newest lists of all nodes, and who waits for theirs to change. */
export class WantedBoard {
  #lists: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  readonly #versions = new Map<string, string>();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Replaces all lists and wakes those whose list changed. */
  set(wanted: ReadonlyMap<string, ReadonlySet<string>>): void {
    // Copied: the caller may go on with its sets.
    this.#lists = new Map([...wanted].map(([node, digests]) => [node, new Set(digests)]));
    const before = new Map(this.#versions);
    this.#versions.clear();
    for (const [node, waiters] of this.#waiting) {
      if (before.get(node) !== this.get(node)?.version) for (const wake of [...waiters]) wake();
    }
  }

  /** The node's list; undefined while nobody has set any: an empty list would make agents delete what is in use. */
  get(node: string): Wanted | undefined {
    if (this.#lists === undefined) return undefined;
    const digests = [...(this.#lists.get(node) ?? [])].sort();
    let version = this.#versions.get(node);
    if (version === undefined) {
      version = createHash("sha256").update(digests.join("\n")).digest("hex").slice(0, 16);
      this.#versions.set(node, version);
    }
    return { version, digests };
  }

  /** Whether the node shall have this module. */
  includes(node: string, digest: string): boolean {
    return this.#lists?.get(node)?.has(digest) ?? false;
  }

  /** How many wait for this node. */
  waiting(node: string): number {
    return this.#waiting.get(node)?.size ?? 0;
  }

  /** Waits until the node's list changes, or the signal fires. */
  async change(node: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const waiters = this.#waiting.get(node) ?? new Set();
    this.#waiting.set(node, waiters);
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        waiters.delete(wake);
        if (waiters.size === 0) this.#waiting.delete(node);
        resolve();
      };
      waiters.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}
