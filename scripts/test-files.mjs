import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./run.mjs";

/** Where tests are. A filter's own tests are run by `meshwasm test`, which a test of ours calls. */
const unitFolders = ["sdk/host", "sdk/transform", "oras/src", "cli/src", "registry-operator/src"];
const crossFolders = ["test"];
const importsLong = /^import \{[^}]*\blong\b[^}]*\} from "[^"]*\/random\.js";$/m;

/** All test files as paths from the checkout's folder, sorted. */
export async function testFiles({ unit, e2e }) {
  const folders = [...(unit ? unitFolders : []), ...(e2e ? crossFolders : [])];
  const found = await Promise.all(folders.map(filesIn));
  return found.flat().sort();
}

/** Those that MESHWASM_LONG makes longer. */
export async function longTestFiles() {
  const files = await testFiles({ unit: true, e2e: true });
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), "utf8")));
  return files.filter((_, index) => importsLong.test(texts[index]));
}

async function filesIn(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.includes("node_modules"));
}
