import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { MeshwasmError } from "../errors.js";
import type { FilterKind } from "../filter/manifest.js";
import { manifestSchema } from "../filter/manifest-schema.js";
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
 * Makes a filter's folder, whole or not at all: it is made beside its place and renamed.
 *
 * @throws MeshwasmError USAGE for a name that is none, FILE_EXISTS when the folder holds something
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
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    const packages = await vendorPackages(join(temporary, "vendor"));
    await renderTemplate(options.kind, temporary, { name, packages });
    const files = await listFiles(temporary);
    if (existed) await rmdir(target);
    await rename(temporary, target);
    return { name, kind: options.kind, dir: target, files };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether the folder is there; an error when it is not empty. */
async function checkEmpty(target: string): Promise<boolean> {
  try {
    const names = await readdir(target);
    if (names.length === 0) return true;
    throw new MeshwasmError("FILE_EXISTS", `${target} is not empty`, { hint: "name a new folder" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    if (code === "ENOTDIR")
      throw new MeshwasmError("FILE_EXISTS", `${target} is a file`, { hint: "name a new folder" });
    throw error;
  }
}

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
