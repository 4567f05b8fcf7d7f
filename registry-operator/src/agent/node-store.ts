import { stat } from "node:fs/promises";
import { ModuleFolder } from "../modules/module-folder.js";

/**
 * The node's modules. A file counts as present when this process has checked its content and nothing about it has changed
 * since: whatever touches a file shows in its times, its size or its inode.
 */
export class NodeStore {
  readonly folder: ModuleFolder;
  readonly #checked = new Map<string, string>();
  readonly #unwantedSince = new Map<string, number>();

  constructor(path: string) {
    this.folder = new ModuleFolder(path);
  }

  /** Modules whose files are whole, sorted. */
  digests(): string[] {
    return [...this.#checked.keys()].sort();
  }

  /** Whether the module's file is whole. */
  has(digest: string): boolean {
    return this.#checked.has(digest);
  }

  /**
   * Looks at every file, and reads those that are new or changed; damaged ones are deleted at once, since an Envoy that
   * starts would read them.
   *
   * @param thorough reads all, which finds what a disk lost silently
   * @returns digests of files that were damaged
   * @throws MeshwasmError StoreFailed
   */
  async check(thorough = false): Promise<string[]> {
    const damaged: string[] = [];
    const present = await this.folder.list();
    const names = new Set(present.map(({ digest }) => digest));
    for (const digest of this.#checked.keys()) if (!names.has(digest)) this.#checked.delete(digest);
    for (const { digest } of present) {
      const seen = await this.#fingerprint(digest);
      if (!thorough && seen !== undefined && this.#checked.get(digest) === seen) continue;
      if (await this.folder.verify(digest)) {
        await this.#remember(digest, seen);
        continue;
      }
      this.#checked.delete(digest);
      // It may have been put again while it was read.
      if ((await this.#fingerprint(digest)) !== seen) continue;
      damaged.push(digest);
      await this.folder.remove(digest);
    }
    return damaged;
  }

  /** Stores a module while it arrives. @throws as {@link ModuleFolder.put} */
  async put(digest: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number> {
    const bytes = await this.folder.put(digest, content, maxBytes);
    await this.#remember(digest, await this.#fingerprint(digest));
    return bytes;
  }

  /**
   * Modules that nobody has wanted for the grace time. After a start the time begins anew.
   *
   * @param now milliseconds of a clock that does not jump
   */
  expired(wanted: ReadonlySet<string>, graceMs: number, now: number): string[] {
    for (const digest of this.#unwantedSince.keys()) {
      if (wanted.has(digest) || !this.has(digest)) this.#unwantedSince.delete(digest);
    }
    return this.digests().filter((digest) => {
      if (wanted.has(digest)) return false;
      const since = this.#unwantedSince.get(digest) ?? now;
      this.#unwantedSince.set(digest, since);
      return now - since >= graceMs;
    });
  }

  /** Counts a module as absent from now on; its file stays until {@link remove}. */
  hide(digest: string): void {
    this.#checked.delete(digest);
  }

  /** Deletes the file. */
  async remove(digest: string): Promise<void> {
    this.hide(digest);
    await this.folder.remove(digest);
  }

  async #remember(digest: string, fingerprint: string | undefined): Promise<void> {
    if (fingerprint !== undefined) this.#checked.set(digest, fingerprint);
  }

  async #fingerprint(digest: string): Promise<string | undefined> {
    const found = await stat(this.folder.pathOf(digest), { bigint: true }).catch(() => undefined);
    return found && [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
  }
}
