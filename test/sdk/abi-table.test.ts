import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { type Api, readApi, root } from "../../scripts/api/read.js";
import { codeIn, tableRows } from "./doc-tables.js";

const assembly = join(root, "sdk", "assembly");

describe("sdk/docs/abi.md", () => {
  let api: Api;
  let hostcalls: Record<string, string>[];
  let callbacks: Record<string, string>[];
  before(async () => {
    api = readApi();
    hostcalls = await tableRows("abi.md", "hostcall");
    callbacks = await tableRows("abi.md", "callback");
  });
  const named = (rows: Record<string, string>[], column: string) =>
    new Set(rows.map((row) => codeIn(row[column] ?? "")[0] ?? ""));

  test("has a row for every function that the SDK imports, and for no other", async () => {
    const imports = new Set<string>();
    for (const file of await sources()) {
      for (const [, name] of file.matchAll(/@external\("env", "(\w+)"\)/g)) imports.add(name!);
    }
    assert.ok(imports.size > 30, "the declarations were found");
    assert.deepEqual([...named(hostcalls, "hostcall")].sort(), [...imports].sort());
  });

  test("has a row for every callback that the SDK exports, and for no other", async () => {
    const text = await readFile(join(assembly, "exports.ts"), "utf8");
    const exported = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name!);
    assert.deepEqual([...named(callbacks, "callback")].sort(), exported.sort());
  });

  test("says that each is usable, by API that is exported", () => {
    for (const row of [...hostcalls, ...callbacks]) {
      const shown = JSON.stringify(row);
      assert.equal(row.meshwasm, "✓", shown);
      const names = codeIn(row.API ?? "");
      assert.ok(names.length > 0, shown);
      for (const name of names) assert.ok(api.has(name), `${name} in ${shown}`);
    }
  });

  test("names a case that runs on Envoy, for each that Envoy ever calls", async () => {
    const cases = await allCases();
    const without: string[] = [];
    for (const row of [...hostcalls, ...callbacks]) {
      const [name] = codeIn(row["on Envoy"] ?? "");
      if (name) assert.ok(cases.has(name), `there is no case "${name}"`);
      else without.push(codeIn(row.callback ?? "")[0] ?? "");
    }
    assert.deepEqual(without, ["proxy_validate_configuration", "proxy_on_foreign_function"]);
  });
});

/** Every case of test/e2e/tables as `file: name`. */
async function allCases(): Promise<Set<string>> {
  const folder = join(root, "test", "e2e", "tables");
  const found = new Set<string>();
  for (const file of await readdir(folder)) {
    const exported = Object.values(await import(join(folder, file)))
      .filter(Array.isArray)
      .flat();
    for (const { name } of exported as { name: string }[]) found.add(`${file.slice(0, -3)}: ${name}`);
  }
  return found;
}

async function sources(): Promise<string[]> {
  const files = await readdir(assembly, { recursive: true });
  return Promise.all(
    files.filter((file) => file.endsWith(".ts")).map((file) => readFile(join(assembly, file), "utf8")),
  );
}
