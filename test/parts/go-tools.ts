import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureGoTool, goTools } from "../../scripts/setup/go-tools.mjs";

/**
 * A program that the tests run: in the cache, where `npm run setup` puts those that are built with Go, else on PATH.
 *
 * @returns its path; undefined: it is not there.
 */
export async function findTool(name: string): Promise<string | undefined> {
  const cached = Object.hasOwn(goTools, name)
    ? await ensureGoTool(name as keyof typeof goTools, { install: false })
    : undefined;
  return cached ?? onPath(name);
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  // Debian puts some where an ordinary user's PATH does not lead.
  return [...folders, "/usr/bin"].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
