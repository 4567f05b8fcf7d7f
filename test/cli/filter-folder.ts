import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./run-cli.js";

/** The part of a test's context that is used here. */
export interface Cleanup {
  after(work: () => Promise<void>): void;
}

const parts = ["filter.yaml", "config.schema.json", "asconfig.json", "package.json", "assembly", "test"];

/** An empty folder that is removed when the test ends. */
export async function temporaryFolder(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meshwasm-cli-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface FilterFolderOptions {
  /** Contents by path, over those of the example; null takes a file or folder away. */
  files?: Record<string, string | null>;
  /** The folder's path below a temporary one. Absent: `hello`. */
  name?: string;
  /** False: without node_modules. */
  installed?: boolean;
}

/** A copy of examples/hello outside the checkout, that uses the checkout's node_modules; removed when the test ends. */
export async function filterFolder(t: Cleanup, options: FilterFolderOptions = {}): Promise<string> {
  const folder = join(await temporaryFolder(t), options.name ?? "hello");
  await mkdir(folder, { recursive: true });
  for (const part of parts) {
    await cp(join(root, "examples", "hello", part), join(folder, part), { recursive: true });
  }
  if (options.installed !== false) await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [path, content] of Object.entries(options.files ?? {})) {
    const file = join(folder, path);
    await rm(file, { recursive: true, force: true });
    if (content === null) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}
