import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MeshwasmError } from "../errors.js";
import { undoOnSignal } from "../temporary.js";

/** One of our packages as a tarball. */
export interface VendoredPackage {
  name: string;
  /** The tarball's file name. */
  file: string;
}

/**
 * Packs the packages that this CLI runs with into a folder. They are not published: a scaffold that named them by
 * version would ask a registry, in which anybody could have taken the names.
 *
 * @throws MeshwasmError WORK_FAILED when npm cannot pack them
 */
export async function vendorPackages(folder: string): Promise<VendoredPackage[]> {
  await mkdir(folder, { recursive: true });
  const require = createRequire(import.meta.url);
  const own = fileURLToPath(new URL("../..", import.meta.url));
  const others = ["@meshwasm/oras", "@meshwasm/sdk"].map((name) =>
    dirname(require.resolve(`${name}/package.json`)),
  );
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, own, ...others];
  let release = () => {};
  try {
    const packing = promisify(execFile)("npm", args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    // It would go on writing into a folder that is being removed.
    release = undoOnSignal(() => packing.child.kill("SIGKILL"));
    const { stdout } = await packing;
    return readPacked(stdout);
  } catch (cause) {
    throw new MeshwasmError(
      "WORK_FAILED",
      `npm could not pack the SDK for the new filter: ${reason(cause)}`,
      {
        cause,
        hint: "meshwasm doctor shows which npm is used",
      },
    );
  } finally {
    release();
  }
}

/** npm 10 prints an array, npm 11 an object by package name. */
function readPacked(stdout: string): VendoredPackage[] {
  const packed = Object.values(JSON.parse(stdout) as Record<string, { name: string; filename: string }>);
  return packed
    .map(({ name, filename }) => ({ name, file: filename }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function reason(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return stderr?.split("\n").find((line) => /error/.test(line)) ?? message.split("\n")[0] ?? message;
}
