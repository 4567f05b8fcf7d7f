import { randomUUID } from "node:crypto";
import { readdirSync, renameSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { generateConfigClass } from "../config-class/generate.js";
import { isMeshwasmError, MeshwasmError } from "../errors.js";
import type { FilterKind } from "../filter/manifest.js";
import { manifestSchema } from "../filter/manifest-schema.js";
import { removeOnSignal } from "../temporary.js";
import { unwritable } from "../write-files.js";
import { renderTemplate } from "./template.js";
import { vendorPackages } from "./vendor.js";

export interface CreateFilterOptions {
  kind: FilterKind;
  /** Absent: the folder's name. */
  name?: string;
}

/** What `meshwasm init --json` prints. */
export interface CreatedFilter {
  name: string;
  kind: FilterKind;
  /** Absolute path. */
  dir: string;
  /** Paths in it, sorted. */
  files: string[];
}

/**
 * Makes a filter's folder, whole or not at all: it is made under a temporary name and renamed.
 *
 * @throws MeshwasmError USAGE for a name that is none, FILE_EXISTS when the folder holds something,
 *   WORK_FAILED when it cannot be written or npm cannot pack the SDK
 */
export async function createFilter(dir: string, options: CreateFilterOptions): Promise<CreatedFilter> {
  const target = resolve(dir);
  const name = options.name ?? basename(target);
  if (!new RegExp(manifestSchema.properties.name.pattern).test(name)) {
    throw new MeshwasmError(
      "USAGE",
      `'${name}' is no name for a filter: use a-z, 0-9 and hyphens, 63 at most`,
      {
        hint: "give another with --name",
      },
    );
  }
  const existed = await checkEmpty(target);
  // Beside its place, on the same file system; an empty folder that is there stays, since a shell may stand in it.
  const parent = existed ? target : dirname(target);
  const temporary = join(parent, `.${basename(target)}.${randomUUID()}.tmp`);
  const release = removeOnSignal(temporary);
  try {
    await mkdir(temporary, { recursive: true });
    const packages = await vendorPackages(join(temporary, "vendor"));
    await renderTemplate(options.kind, temporary, { name, packages });
    await addConfigClass(temporary);
    const files = await listFiles(temporary);
    if (existed) moveInto(target, temporary);
    else await rename(temporary, target);
    return { name, kind: options.kind, dir: target, files };
  } catch (error) {
    throw isMeshwasmError(error) ? error : unwritable(target, error);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    release();
  }
}

/** So that plain `npx asc` builds the filter too, before any `meshwasm build`. */
async function addConfigClass(dir: string): Promise<void> {
  const schema = join(dir, "config.schema.json");
  const text = generateConfigClass(await readFile(schema, "utf8"), schema);
  await writeFile(join(dir, "assembly", "config.ts"), text);
}

/** Synchronous, so that no signal is answered before all of it is there. */
function moveInto(target: string, temporary: string): void {
  for (const name of readdirSync(temporary)) renameSync(join(temporary, name), join(target, name));
}

/** Whether the folder is there; an error when it is not empty. */
async function checkEmpty(target: string): Promise<boolean> {
  const inTheWay = (words: string) =>
    new MeshwasmError("FILE_EXISTS", `${target} ${words}`, { hint: "name a new folder" });
  try {
    if ((await readdir(target)).length === 0) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    if (code === "ENOTDIR") throw inTheWay("is a file, or stands behind one");
    throw unwritable(target, error);
  }
  throw inTheWay("is not empty");
}

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
