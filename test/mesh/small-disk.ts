import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Mesh } from "./mesh.js";

/** A file system of its own in a folder, with little room. */
export interface SmallDisk {
  folder: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
}

/** Why no such disk can be had; false: it can. Under `CI=true` and as root a failure to mount one is an error. */
export const noSmallDisk = process.getuid?.() === 0 ? false : "only root can mount a small file system";

/** Mounts one, until the mesh stops. @param size as tmpfs takes it: `256k` */
export function smallDisk(mesh: Mesh, folder: string, size: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "pipe" });
  // Envoys may still have it in mount namespaces of their own.
  mesh.onStop(() => execFileSync("umount", ["--lazy", folder]));
  const filler = join(folder, "of-somebody-else");
  return {
    folder,
    async fill() {
      const file = await open(filler, "w");
      try {
        for (const page = Buffer.alloc(4096, 1); ; ) await file.write(page);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler),
  };
}
