import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type FilterFolderOptions, filterFolder, temporaryFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, runCli } from "./run-cli.js";

interface Case extends FilterFolderOptions {
  /** What follows the folder's path and a slash; or the whole message. */
  message: string | RegExp;
}

const manifest = (more: string) => ({ "filter.yaml": `name: hello\nversion: 1.0.0\nkind: http\n${more}` });
const schema = (text: string) => ({ files: { "config.schema.json": text } });
const asconfig = (text: string) => ({ files: { "asconfig.json": text } });

const cases: Record<string, Case> = {
  "an unknown key": {
    files: manifest("colour: red\n"),
    message: "filter.yaml:4:9: unknown key 'colour'",
  },
  "a missing key": {
    files: { "filter.yaml": "name: hello\nkind: http\n" },
    message: "filter.yaml:1:1: 'version' is missing",
  },
  "an empty filter.yaml": {
    files: { "filter.yaml": "" },
    message: "filter.yaml:1:1: this must be a map of keys",
  },
  "a version that is none": {
    files: { "filter.yaml": "name: hello\nversion: v1\nkind: http\n" },
    message: "filter.yaml:2:10: 'version' must be a semantic version such as 1.2.3",
  },
  "a version that YAML reads as a number": {
    files: { "filter.yaml": "name: hello\nversion: 1.0\nkind: http\n" },
    message: "filter.yaml:2:10: 'version' must be a string",
  },
  "a kind that is none": {
    files: { "filter.yaml": "name: hello\nversion: 1.0.0\nkind: tcp\n" },
    message: "filter.yaml:3:7: 'kind' must be one of http, network",
  },
  "a name that is none": {
    files: { "filter.yaml": "name: Hello World\nversion: 1.0.0\nkind: http\n" },
    message: "filter.yaml:1:7: 'name' must be a-z, 0-9 and hyphens",
  },
  "a keyword that is a number": {
    files: manifest("keywords:\n  - a\n  - 1\n"),
    message: "filter.yaml:6:5: 'keywords.1' must be a string",
  },
  "YAML that does not parse": {
    files: { "filter.yaml": "name: hello\nversion: [1\nkind: http\n" },
    message: /^error: \S+filter\.yaml:[23]:\d+: \S/m,
  },
  "a key twice": {
    files: manifest("name: again\n"),
    message: "filter.yaml:4:1: Map keys must be unique",
  },
  "an alias of nothing": {
    files: manifest("description: *none\n"),
    message: /filter\.yaml:\d+:\d+: Unresolved alias/,
  },
  "a schema that is no JSON": {
    ...schema('{\n  "type": "object",\n  oops\n}\n'),
    message: "config.schema.json:3:3: not JSON: ",
  },
  "a schema with a trailing comma": {
    ...schema('{\n  "type": "object",\n}\n'),
    message: "config.schema.json:3:1: not JSON: ",
  },
  "a schema that ends early": {
    ...schema('{\n  "type": "object"\n'),
    message: /config\.schema\.json:[23]:\d+: not JSON: /,
  },
  "a schema that is no schema": {
    ...schema('{\n  "type": "object",\n  "properties": {\n    "a": { "type": "strong" }\n  }\n}\n'),
    message:
      "config.schema.json:4:20: not a JSON Schema: properties/a/type must be equal to one of the allowed values",
  },
  "a schema that is a list": {
    ...schema("[]\n"),
    message: "config.schema.json:1:1: not a JSON Schema: it must be an object",
  },
  "a schema that refers to nothing": {
    ...schema('{ "$ref": "#/$defs/none" }\n'),
    message: "config.schema.json:1:1: not a JSON Schema: can't resolve reference #/$defs/none",
  },
  "a missing entry": {
    files: { "assembly/index.ts": null },
    message: "assembly/index.ts:1:1: the filter's entry file is missing",
  },
  "a missing filter.yaml": {
    files: { "filter.yaml": null },
    message: "filter.yaml:1:1: there is no filter.yaml",
  },
  "no assemblyscript": {
    installed: false,
    message: /no assemblyscript is installed for .*\nhint: run: npm install/,
  },
  "a broken asconfig.json": {
    ...asconfig('{\n  "extends": \n}\n'),
    message: "asconfig.json:3:1: not JSON: ",
  },
  "a missing asconfig.json": {
    files: { "asconfig.json": null },
    message: /asconfig\.json:1:1: there is no asconfig\.json\nhint: write "extends": "@meshwasm/,
  },
  "an asconfig.json without extends": {
    ...asconfig('{ "entries": ["assembly/index.ts"] }\n'),
    message: /asconfig\.json:1:1: 'extends' is missing\nhint: write "extends": "@meshwasm/,
  },
  "an asconfig.json that extends another": {
    files: {
      "asconfig.json": '{\n  "extends": "./other.json",\n  "entries": ["assembly/index.ts"]\n}\n',
      "other.json": "{}\n",
    },
    message: /asconfig\.json:2:14: the module that this builds has no proxy-wasm ABI\nhint: write "extends"/,
  },
  "an asconfig.json with an entry that is not there": {
    ...asconfig('{\n  "extends": "@meshwasm/sdk/asconfig.json",\n  "entries": ["assembly/main.ts"]\n}\n'),
    message: "asconfig.json:3:15: there is no assembly/main.ts",
  },
};

for (const [name, { message, ...options }] of Object.entries(cases)) {
  test(`${name}: exit 2 with file and line`, async (t) => {
    const folder = await filterFolder(t, options);
    const ended = await runCli(["build", folder]);
    if (typeof message !== "string") return assertFailed(ended, { code: 2, message });
    assertFailed(ended, { code: 2, message: /./ });
    assert.ok(ended.stderr.startsWith(`error: ${join(folder, message)}`), ended.all);
  });
}

test("a folder that is not there: exit 2", async (t) => {
  const folder = join(await temporaryFolder(t), "none");
  assertFailed(await runCli(["build", folder]), { code: 2, message: /there is no folder \/.*none\n/ });
});

test("an output that is a folder, or behind a file: exit 2", async (t) => {
  const folder = await filterFolder(t);
  await mkdir(join(folder, "out.wasm"));
  const onFolder = await runCli(["build", folder, "-o", join(folder, "out.wasm")]);
  assertFailed(onFolder, { code: 2, message: /out\.wasm is a folder, not a file/ });
  const behindFile = await runCli(["build", folder, "-o", join(folder, "filter.yaml", "x.wasm")]);
  assertFailed(behindFile, { code: 2, message: /x\.wasm: a file is in the way of its folder/ });
});

test("several errors are all said, and are a list in the document", async (t) => {
  const files = { "filter.yaml": "name: hello\nkind: tcp\ncolour: red\n" };
  const ended = await runCli(["build", await filterFolder(t, { files }), "--json"]);
  assert.equal(ended.code, 2, ended.all);
  const { error } = JSON.parse(ended.stdout) as ErrorDocument;
  assert.equal(error.code, "FILTER_INVALID");
  assert.equal((error.details as string[]).length, 3, ended.all);
  assert.equal(ended.stderr.match(/^error: /gm)?.length, 3, ended.all);
});
