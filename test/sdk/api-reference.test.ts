import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { type Api, type ApiItem, readApi, root } from "../../scripts/api/read.js";
import { renderApi } from "../../scripts/api/render.js";

let api: Api;
before(() => {
  api = readApi();
});

test("everything that the SDK exports has a doc comment, and so has every member", () => {
  const without: string[] = [];
  const look = (item: ApiItem, path: string, inEnum: boolean) => {
    // What a number is called says what it is, where nothing else is to be said.
    const isDocumented = item.doc !== "" || item.params.length > 0 || item.returns !== "";
    if (!isDocumented && !inEnum) without.push(path);
    for (const member of item.members) look(member, `${path}.${member.name}`, item.kind === "enum");
  };
  for (const item of api.items) look(item, item.name, false);
  assert.ok(api.items.length > 70, "the exports were found");
  assert.deepEqual(without, []);
});

test("sdk/docs/api.md is what the sources give: npm run generate", async () => {
  assert.equal(await readFile(join(root, "sdk", "docs", "api.md"), "utf8"), renderApi(api));
});

test("names of the API are found, and only those", () => {
  for (const name of ["log.info", "HttpFilter.onLog", "Headers.status", "attributes.xds.routeMetadata"])
    assert.ok(api.has(name), name);
  for (const name of ["none", "log.none", "HttpFilter.kind", "GrpcCallHandler.token", "Json.ofNode.x"])
    assert.ok(!api.has(name), name);
});
