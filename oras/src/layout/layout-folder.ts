import { lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { diskError, isAbsent } from "../disk/disk-error.js";
import { replaceFile } from "../disk/replace-file.js";
import { MeshwasmError } from "../errors.js";

const version = "1.0.0";
const marker = "oci-layout";

/**
 * Whether a folder is an OCI image layout: one that is not there, or empty but for hidden files, is none yet.
 * See https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#oci-layout-file.
 * @throws MeshwasmError LAYOUT_INVALID for a folder that holds something else, or a layout of another version.
 */
export async function isLayout(path: string): Promise<boolean> {
  let text = await readMarker(path);
  if (text === undefined) {
    if (await isEmpty(path)) return false;
    // Another process may have made it between the two looks: the marker comes before all else.
    text = await readMarker(path);
  }
  if (text === undefined) {
    throw new MeshwasmError("LAYOUT_INVALID", `${path} holds files, but is no OCI image layout`, {
      hint: "name an empty folder, or one that does not exist yet",
    });
  }
  if (versionOf(text) === version) return true;
  throw new MeshwasmError(
    "LAYOUT_INVALID",
    `${join(path, marker)} does not say that this is a layout ${version}`,
  );
}

/** Makes a folder an OCI image layout, as far as it is none. @throws MeshwasmError LAYOUT_INVALID, FILE_FAILED. */
export async function makeLayout(path: string): Promise<void> {
  try {
    if (!(await isLayout(path))) {
      await mkdir(path, { recursive: true });
      const text = JSON.stringify({ imageLayoutVersion: version });
      await replaceFile(join(path, marker), (file) => file.writeFile(text));
    }
    for (const folder of ["blobs", "blobs/sha256", "blobs/sha512"]) await makeFolder(join(path, folder));
  } catch (cause) {
    throw diskError(cause, "written", path);
  }
}

async function readMarker(path: string): Promise<string | undefined> {
  const file = join(path, marker);
  return readFile(file, "utf8").catch((cause: unknown) => {
    if (isAbsent(cause)) return undefined;
    throw diskError(cause, "read", file);
  });
}

async function isEmpty(path: string): Promise<boolean> {
  try {
    // Another process may be making the layout at this moment.
    return (await readdir(path)).every((name) => name.startsWith(".") || name === marker);
  } catch (cause) {
    if (isAbsent(cause)) return true;
    throw diskError(cause, "read", path);
  }
}

// A link here would have content written outside of the layout.
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  if (!(await lstat(path)).isDirectory()) {
    throw new MeshwasmError("LAYOUT_INVALID", `${path} is a link, which a layout does not have`);
  }
}

function versionOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { imageLayoutVersion?: unknown } | null)?.imageLayoutVersion;
  } catch {
    return undefined;
  }
}
