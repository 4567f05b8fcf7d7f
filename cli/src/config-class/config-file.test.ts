import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { loadFilter } from "../filter/load.js";
import { configFile, usesConfigClass, writeConfigFile } from "./config-file.js";

let dir: string;
const write = (name: string, text: string) => writeFile(join(dir, name), text);
const schema = (type: string) => JSON.stringify({ type: "object", properties: { a: { type } } });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "meshwasm-config-"));
  await mkdir(join(dir, "assembly"));
  await write("filter.yaml", "name: a\nversion: 1.0.0\nkind: http\n");
  await write("assembly/index.ts", 'import { Config } from "./config";\n');
  await write("config.schema.json", schema("string"));
});
afterEach(() => rm(dir, { recursive: true }));

test("it is made, left alone while it is right, and made anew when the schema changes", async () => {
  const filter = await loadFilter(dir);
  const path = join(dir, "assembly/config.ts");
  assert.equal(await usesConfigClass(filter), true);
  assert.equal((await writeConfigFile(filter)).current, false);
  assert.match(await readFile(path, "utf8"), /a: string \| null/);
  const before = (await stat(path)).mtimeMs;
  assert.equal((await writeConfigFile(filter)).current, true);
  assert.equal((await stat(path)).mtimeMs, before);
  await write("config.schema.json", schema("boolean"));
  assert.equal((await configFile(filter)).current, false);
  await writeConfigFile(filter);
  assert.match(await readFile(path, "utf8"), /a: bool/);
});

test("a file of the author's own is neither used nor overwritten", async () => {
  await write("assembly/config.ts", "export class Config {}\n");
  const filter = await loadFilter(dir);
  assert.equal(await usesConfigClass(filter), false);
  await assert.rejects(writeConfigFile(filter), { code: "FILE_EXISTS" });
  assert.equal(await readFile(join(dir, "assembly/config.ts"), "utf8"), "export class Config {}\n");
});

test("a filter whose entry does not import it has none", async () => {
  await write("assembly/index.ts", "// nothing\n");
  assert.equal(await usesConfigClass(await loadFilter(dir)), false);
});

test("without a schema there is nothing to make it from", async () => {
  await rm(join(dir, "config.schema.json"));
  const filter = await loadFilter(dir);
  assert.equal(await usesConfigClass(filter), false);
  await assert.rejects(configFile(filter), { code: "FILE_NOT_FOUND" });
});
