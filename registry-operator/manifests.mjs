// Writes deploy/ and crds/ into one YAML stream, which the CLI prints: cli/templates/operator.yaml.
// Usage: node manifests.mjs [--check]   With --check nothing is written; exit code 1: it is stale.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const folder = dirname(fileURLToPath(import.meta.url));
/** Where the stream is kept. */
export const outfile = join(folder, "..", "cli", "templates", "operator.yaml");

/** The stream, in the order of the kustomizations. */
export async function manifests() {
  const parts = await filesOf(join(folder, "deploy"));
  const texts = await Promise.all(parts.map((file) => readFile(file, "utf8")));
  const documents = texts.map(
    (text, index) => `# ${relative(folder, parts[index])}\n${text.replace(/^---\n/, "").trimEnd()}\n`,
  );
  return `# Made of registry-operator/crds and registry-operator/deploy by: npm run manifests -w registry-operator\n${documents.map((each) => `---\n${each}`).join("")}`;
}

async function filesOf(base) {
  const { resources } = parse(await readFile(join(base, "kustomization.yaml"), "utf8"));
  const nested = resources.map((each) =>
    each.endsWith(".yaml") ? [join(base, each)] : filesOf(join(base, each)),
  );
  return (await Promise.all(nested)).flat();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await manifests();
  if (!process.argv.includes("--check")) await writeFile(outfile, text);
  else if ((await readFile(outfile, "utf8").catch(() => "")) !== text) {
    console.error("cli/templates/operator.yaml is stale: npm run manifests -w registry-operator");
    process.exitCode = 1;
  }
}
