import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findTool } from "../parts/go-tools.js";

const run = promisify(execFile);

/** Why tests with image volumes are skipped; false: they run. Under `CI=true` a missing part is an error. */
export async function requireImagePulls(): Promise<string | false> {
  if (await findTool("crane")) return false;
  const missing = "no crane on this machine: npm run setup builds it";
  if (process.env.CI === "true") throw new Error(missing);
  return missing;
}

/** A node could not pull an image: what a kubelet says as `ErrImagePull`. */
export class ImagePullError extends Error {}

/** The images of a node, unpacked, as its container runtime keeps them. They are pulled by a client that is not ours. */
export class NodeImages {
  private readonly running = new Map<string, Promise<string>>();

  /** @param folder where they are, which need not be there yet */
  constructor(private readonly folder: string) {}

  /**
   * Pulls an image that is not there yet, as the policy IfNotPresent says.
   *
   * @returns the folder with its files
   * @throws ImagePullError
   */
  async pull(reference: string): Promise<string> {
    let running = this.running.get(reference);
    if (!running) {
      running = this.pulled(reference).finally(() => this.running.delete(reference));
      this.running.set(reference, running);
    }
    return running;
  }

  private async pulled(reference: string): Promise<string> {
    const target = join(this.folder, createHash("sha256").update(reference).digest("hex"));
    if (await isThere(target)) return target;
    await mkdir(this.folder, { recursive: true });
    const partial = await mkdtemp(join(this.folder, "partial-"));
    try {
      const crane = await findTool("crane");
      if (!crane) throw new Error("no crane on this machine: npm run setup builds it");
      const tar = join(partial, "layers.tar");
      const root = join(partial, "root");
      await mkdir(root);
      // Flattened, as a container sees it; every byte is held against the reference's digest.
      await run(crane, ["export", reference, tar], { timeout: 60_000 });
      await run("tar", ["--extract", "--file", tar, "--directory", root, "--no-same-owner"]);
      await rename(root, target);
      return target;
    } catch (error) {
      const words = String((error as { stderr?: string }).stderr || error).trim();
      throw new ImagePullError(`failed to pull ${reference}: ${words}`);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
