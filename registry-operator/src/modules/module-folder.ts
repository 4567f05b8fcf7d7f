import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, open, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isHalfWritten, replaceFile } from "@meshwasm/oras";
import { MeshwasmError } from "../errors.js";
import { digestOfFileName, moduleFileName } from "./digest-file.js";
import { fileFailure } from "./file-failure.js";

/** A module's file. */
export interface StoredFile {
  /** `sha256:<hex>`. */
  digest: string;
  bytes: number;
  /** When it was stored or last said to be in use, in milliseconds since 1970. */
  touched: number;
}

/**
 * A folder of modules named by their digests, `sha256-<hex>.wasm`. Files appear whole and are never changed; only one
 * process may write. Other files in the folder are left alone.
 */
export class ModuleFolder {
  readonly path: string;

  /** @param path the folder; made by {@link open} */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder, and deletes what an earlier process left half-written.
   *
   * @throws MeshwasmError StoreFull, StoreFailed
   */
  async open(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o755 });
      // mkdir obeys the umask, and the proxies run as another user. A folder of somebody else's is left as it is.
      await chmod(this.path, 0o755).catch(() => undefined);
      // Versions before named them so.
      const isLeft = (name: string) => isHalfWritten(name) || /^\.partial-[0-9a-f]{16}$/.test(name);
      const left = (await readdir(this.path)).filter(isLeft);
      await Promise.all(left.map((name) => rm(join(this.path, name), { force: true })));
    } catch (error) {
      throw fileFailure(error, this.path);
    }
  }

  /** Where the module is or would be. */
  pathOf(digest: string): string {
    return join(this.path, moduleFileName(digest));
  }

  /** The module's file; undefined when there is none. Its content is not read. */
  async find(digest: string): Promise<StoredFile | undefined> {
    try {
      const found = await stat(this.pathOf(digest));
      return found.isFile() ? { digest, bytes: found.size, touched: found.mtimeMs } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw fileFailure(error, this.pathOf(digest));
    }
  }

  /** Every module in the folder. */
  async list(): Promise<StoredFile[]> {
    const names = await readdir(this.path).catch((error: unknown) => {
      throw fileFailure(error, this.path);
    });
    const digests = names.flatMap((name) => digestOfFileName(name) ?? []);
    return (await Promise.all(digests.map((digest) => this.find(digest)))).filter(
      (file) => file !== undefined,
    );
  }

  /**
   * Stores a module while it arrives, and only if it is what its digest says.
   *
   * @param maxBytes more is refused before it is written
   * @throws MeshwasmError ModuleTooLarge, DigestMismatch, StoreFull, StoreFailed; what `content` throws passes through
   */
  async put(
    digest: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    maxBytes: number,
  ): Promise<number> {
    const path = this.pathOf(digest);
    let bytes = 0;
    let arriving = false;
    try {
      await replaceFile(path, async (file) => {
        const hash = createHash("sha256");
        arriving = true;
        for await (const chunk of content) {
          arriving = false;
          bytes += chunk.length;
          if (bytes > maxBytes) {
            throw new MeshwasmError("ModuleTooLarge", `module ${digest} has more than ${maxBytes} bytes`);
          }
          hash.update(chunk);
          await file.writeFile(chunk);
          arriving = true;
        }
        arriving = false;
        const found = `sha256:${hash.digest("hex")}`;
        if (found !== digest) {
          throw new MeshwasmError("DigestMismatch", `what arrived as module ${digest} is ${found}`);
        }
        // Whatever the umask: the proxies run as another user.
        await file.chmod(0o644);
      });
    } catch (error) {
      throw arriving ? error : fileFailure(error, path);
    }
    return bytes;
  }

  /** Whether the file still is what its name says; false as well when it is gone. */
  async verify(digest: string): Promise<boolean> {
    const hash = createHash("sha256");
    try {
      for await (const chunk of createReadStream(this.pathOf(digest))) hash.update(chunk as Uint8Array);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A sector that cannot be read is as good as damaged.
      if (code === "ENOENT" || code === "EIO" || code === "EISDIR") return false;
      throw fileFailure(error, this.pathOf(digest));
    }
    return `sha256:${hash.digest("hex")}` === digest;
  }

  /** Opens the module for reading; undefined when it is not there. The caller closes it. */
  async openFile(digest: string) {
    try {
      return await open(this.pathOf(digest), "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw fileFailure(error, this.pathOf(digest));
    }
  }

  /** Says that the module is in use now. */
  async touch(digest: string): Promise<void> {
    const now = new Date();
    await utimes(this.pathOf(digest), now, now).catch(() => undefined);
  }

  /** Deletes a module; nothing happens when it is not there. @throws MeshwasmError StoreFailed */
  async remove(digest: string): Promise<void> {
    await rm(this.pathOf(digest), { force: true }).catch((error: unknown) => {
      throw fileFailure(error, this.pathOf(digest));
    });
  }
}
