import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Filter } from "../filter/manifest.js";
import { configFiles, loadPluginConfig } from "./plugin-config.js";

describe("loadPluginConfig", () => {
  let dir: string;
  let filter: Filter;
  const file = (name: string, text: string) => writeFile(join(dir, name), text).then(() => join(dir, name));
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "meshwasm-config-"));
  });
  beforeEach(() => {
    const manifest = {
      name: "f",
      version: "1.0.0",
      kind: "http",
      rootId: "f",
      phase: "UNSPECIFIED",
      keywords: [],
    } as const;
    filter = { dir, manifest: { ...manifest, keywords: [] }, manifestText: "", entry: "", wasm: "" };
  });
  after(() => rm(dir, { recursive: true, force: true }));
  const text = async (path?: string) =>
    Buffer.from((await loadPluginConfig(path, filter)).bytes as string).toString();

  it("takes the folder's own when none is named, JSON before YAML, else none", async () => {
    assert.deepEqual(await loadPluginConfig(undefined, filter), { bytes: "" });
    await file("config.yaml", "a: [1, 'ä']\n");
    assert.equal(await text(), '{"a":[1,"ä"]}');
    await file("config.json", '{ "a": 1 }\n');
    assert.equal(await text(), '{ "a": 1 }\n', "JSON stays as it is, spaces and all");
    assert.deepEqual(configFiles(undefined, filter), [join(dir, "config.json"), join(dir, "config.yaml")]);
    assert.deepEqual(configFiles(undefined, undefined), []);
  });

  it("passes other files as they are, unless there is a schema", async () => {
    const path = await file("words.txt", "not JSON");
    assert.equal(await text(path), "not JSON");
    filter.schemaPath = await file("config.schema.json", "{}");
    await assert.rejects(text(path), { code: "CONFIG_INVALID", exitCode: 2 });
  });

  it("names the place of a syntax error", async () => {
    await assert.rejects(text(await file("bad.json", '{\n "a": }')), {
      code: "CONFIG_INVALID",
      message: /bad\.json:?/,
    });
    await assert.rejects(text(await file("bad.yaml", "a: 1\nb: [")), {
      code: "CONFIG_INVALID",
      message: /bad\.yaml:2:/,
    });
  });

  for (const dialect of [
    "https://json-schema.org/draft/2020-12/schema",
    "http://json-schema.org/draft-07/schema#",
  ]) {
    it(`names the JSON path of what does not fit a schema of ${dialect}`, async () => {
      const schema = {
        $schema: dialect,
        type: "object",
        properties: { limits: { type: "array", items: { type: "integer" } } },
        additionalProperties: false,
      };
      filter.schemaPath = await file("config.schema.json", JSON.stringify(schema));
      assert.equal(await text(await file("good.json", '{"limits":[1]}')), '{"limits":[1]}');
      await assert.rejects(text(await file("wrong.json", '{"limits":[1,"x"]}')), {
        code: "CONFIG_INVALID",
        message: /wrong\.json: \$\.limits\.1: must be integer/,
      });
    });
  }
});
