import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FilterKind } from "../filter/manifest.js";
import type { VendoredPackage } from "./vendor.js";

export interface TemplateValues {
  name: string;
  packages: VendoredPackage[];
}

/** npm leaves these out of packages or reads them itself, so the templates carry them under other names. */
const renamed: Record<string, string> = {
  _gitignore: ".gitignore",
  _npmrc: ".npmrc",
  "_package.json": "package.json",
};

/** Writes a template's files into a folder: those of every kind, then those of this one. */
export async function renderTemplate(
  kind: FilterKind,
  target: string,
  values: TemplateValues,
): Promise<void> {
  const specs = values.packages.map(({ name, file }) => `    "${name}": "file:vendor/${file}",`);
  const overrides = values.packages.map(({ name }) => `    "${name}": "$${name}",`);
  const placeholders: Record<string, string> = {
    name: values.name,
    kind,
    Name: pascalCase(values.name),
    vendoredSpecs: specs.join("\n").trimStart(),
    vendoredOverrides: overrides.join("\n").trimStart(),
  };
  for (const part of ["common", kind]) {
    const root = fileURLToPath(new URL(`../../templates/${part}/`, import.meta.url));
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const source = join(entry.parentPath, entry.name);
      const folder = join(target, entry.parentPath.slice(root.length));
      const path = join(folder, renamed[entry.name] ?? entry.name);
      const text = await readFile(source, "utf8");
      await mkdir(dirname(path), { recursive: true });
      await writeFile(
        path,
        text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => placeholders[key] ?? whole),
      );
    }
  }
}

/** What the templates import: no class of a filter can have the same name. */
const imported = new Set(
  "Action Config HttpFilter NetworkFilter PluginConfiguration ResponseHeaders RootContext StreamData".split(
    " ",
  ),
);

/** A name as a class is called; one that begins with a digit, or is taken, gets something in front. */
function pascalCase(name: string): string {
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const joined = words.join("").replace(/^(?=\d)/, "F");
  return imported.has(joined) ? `My${joined}` : joined;
}
