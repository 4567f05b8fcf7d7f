import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "@meshwasm/oras";
import type { ResolvedModule } from "./contract.js";
import { fileFailure } from "./file-failure.js";

/** What is known of an artifact, whatever name it was asked for by. */
export type ModuleRecord = Omit<ResolvedModule, "image" | "configSchema"> & {
  configSchema?: unknown;
  /** Names of the functions that the module imports. */
  imports: string[];
  /** Ids of the keys whose signature of it was verified. Absent: none was asked for. */
  signedBy?: string[];
};

/**
 * What the store remembers beside its modules, in files of the same folder: of each artifact its facts
 * (`artifact-<hash>.json`), and of each image what it resolved to (`image-<hash>.json`).
 */
export class Records {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The facts of an artifact; undefined: unknown, or the file is damaged. */
  async artifact(manifestDigest: string): Promise<ModuleRecord | undefined> {
    const record = await this.#read<ModuleRecord>("artifact", manifestDigest);
    if (record?.manifestDigest !== manifestDigest) return undefined;
    // One that an earlier version wrote may lack them.
    const { imports, callbacks, imageVolume } = record;
    const isWhole = Array.isArray(imports) && Array.isArray(callbacks) && typeof imageVolume === "boolean";
    return isWhole ? record : undefined;
  }

  /** @throws MeshwasmError StoreFull, StoreFailed */
  putArtifact(record: ModuleRecord): Promise<void> {
    return this.#write("artifact", record.manifestDigest, record);
  }

  /** The digest that an image resolved to for somebody with these credentials; undefined: never asked. */
  async image(image: string, identity: string): Promise<string | undefined> {
    const key = `${image}\n${identity}`;
    const found = await this.#read<{ key: string; manifestDigest: string }>("image", key);
    return found?.key === key ? found.manifestDigest : undefined;
  }

  /** @throws MeshwasmError StoreFull, StoreFailed */
  async putImage(image: string, identity: string, manifestDigest: string): Promise<void> {
    if ((await this.image(image, identity)) === manifestDigest) return;
    const key = `${image}\n${identity}`;
    await this.#write("image", key, { key, manifestDigest });
  }

  /**
   * Forgets artifacts whose module is gone, and then images whose artifact is gone.
   *
   * @param before milliseconds since 1970: what was used since is kept
   */
  async collect(isStored: (moduleDigest: string) => Promise<boolean>, before: number): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    const kept = new Set<string>();
    for (const name of names.filter((each) => each.startsWith("artifact-"))) {
      const record = await this.#parse<ModuleRecord>(name);
      if (record !== undefined && (await isStored(record.moduleDigest))) kept.add(record.manifestDigest);
      else await this.#removeOlder(name, before);
    }
    for (const name of names.filter((each) => each.startsWith("image-"))) {
      const found = await this.#parse<{ manifestDigest: string }>(name);
      if (found === undefined || !kept.has(found.manifestDigest)) await this.#removeOlder(name, before);
    }
  }

  #read<T>(kind: string, key: string): Promise<T | undefined> {
    const name = fileName(kind, key);
    const now = new Date();
    utimes(join(this.#folder, name), now, now).catch(() => undefined);
    return this.#parse<T>(name);
  }

  async #parse<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), "utf8")) as T;
    } catch {
      // A record is a cache: what cannot be read is asked for again.
      return undefined;
    }
  }

  async #write(kind: string, key: string, value: unknown): Promise<void> {
    const path = join(this.#folder, fileName(kind, key));
    const text = JSON.stringify(value);
    await replaceFile(path, (file) => file.writeFile(text), { mode: 0o600 }).catch((error: unknown) => {
      throw fileFailure(error, path);
    });
  }

  async #removeOlder(name: string, before: number): Promise<void> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < before) await rm(path, { force: true });
  }
}

function fileName(kind: string, key: string): string {
  return `${kind}-${createHash("sha256").update(key).digest("hex")}.json`;
}
