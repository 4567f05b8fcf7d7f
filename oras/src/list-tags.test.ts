import assert from "node:assert/strict";
import { test } from "node:test";
import { pack } from "./artifact/pack.js";
import { listTags } from "./list-tags.js";
import { push } from "./push.js";
import { type Fault, type FaultSource, startRegistry } from "./registry/index.js";

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const json = (value: unknown, link?: string): Fault => ({
  type: "status",
  status: 200,
  headers: { "content-type": "application/json", ...(link === undefined ? {} : { link }) },
  body: typeof value === "string" ? value : JSON.stringify(value),
});

async function listed(faults: FaultSource): Promise<string[]> {
  const registry = await startRegistry({ faults });
  try {
    return await listTags(`${registry.host}/a`, { retries: 1, retryDelayMs: 1 });
  } finally {
    await registry.close();
  }
}

test("tags of several pages", async () => {
  const pages = [["1.0.0", "dev"], ["1.1.0"], ["latest", "dev"]];
  let index = 0;
  const tags = await listed(() => {
    const page = pages[index++];
    return json(
      { name: "a", tags: page },
      index < pages.length ? `</v2/a/tags/list?last=${index}>; rel="next"` : undefined,
    );
  });
  assert.deepEqual(tags, ["1.1.0", "1.0.0", "dev", "latest"]);
});

test("a relative and an unquoted link, and other links beside it", async () => {
  for (const link of ['<list?last=x>; rel="next"', "</a>; rel=prev, </v2/a/tags/list?last=x>; rel=next"]) {
    const tags = await listed(({ query }) =>
      query.has("last") ? json({ tags: ["b"] }) : json({ tags: ["a"] }, link),
    );
    assert.deepEqual(tags, ["a", "b"], link);
  }
});

test("a failing page is asked for again", async () => {
  const tags = await listed([
    { when: "GET /tags/list", fault: { type: "status", status: 503 }, times: 1 },
    { when: "GET /tags/list", fault: json({ name: "a", tags: null }) },
  ]);
  assert.deepEqual(tags, []);
});

test("tags that hold referrers only are left out unless asked for", async () => {
  const registry = await startRegistry();
  const hidden = `sha256-${"a".repeat(64)}`;
  const place = `${registry.host}/a`;
  await push(pack({ wasm }), [`${place}:1.0.0`, `${place}:${hidden}`, `${place}:${hidden}.sig`]);
  assert.deepEqual(await listTags(place), ["1.0.0"]);
  assert.deepEqual(await listTags(place, { all: true }), ["1.0.0", hidden, `${hidden}.sig`]);
  await registry.close();
});

test("lists that are refused", async (t) => {
  let page = 0;
  const next = (target: string) => `<${target}>; rel="next"`;
  const table: [string, FaultSource, string, RegExp][] = [
    [
      "a link to another host",
      () => json({ tags: [] }, next("http://127.0.0.1:9/v2/a/tags/list")),
      "REGISTRY_ERROR",
      /continues a list to 127/,
    ],
    ["a circle", () => json({ tags: [] }, next("/v2/a/tags/list?x")), "REGISTRY_ERROR", /in a circle/],
    [
      "no end",
      () => json({ tags: [] }, next(`/v2/a/tags/list?x=${page++}`)),
      "SIZE_LIMIT",
      /more than 1000 pages/,
    ],
    ["no JSON", () => json("<html>"), "REGISTRY_ERROR", /without JSON/],
    ["a text", () => json({ tags: "1.0.0" }), "REGISTRY_ERROR", /without a list/],
    ["a tag that is none", () => json({ tags: ["../x"] }), "REGISTRY_ERROR", /no tag/],
    ["a number", () => json({ tags: [1] }), "REGISTRY_ERROR", /no tag/],
    [
      "too many tags",
      () => json({ tags: Array.from({ length: 100_001 }, (_, i) => `t${i}`) }),
      "SIZE_LIMIT",
      /more than 100000/,
    ],
    ["a huge page", () => json(" ".repeat(5 * 1024 * 1024)), "SIZE_LIMIT", /the limit is/],
    [
      "a file URL",
      () => json({ tags: [] }, next("file:///etc/passwd")),
      "REGISTRY_ERROR",
      /no http or https/,
    ],
    ["no such repository", [], "NOT_FOUND", /repository a \(404\)/],
  ];
  for (const [name, faults, code, message] of table) {
    await t.test(name, () => assert.rejects(listed(faults), { code, message }));
  }
});

test("a tag or digest in the place is refused", async () => {
  for (const place of ["127.0.0.1:1/a:1", `127.0.0.1:1/a@sha256:${"0".repeat(64)}`]) {
    await assert.rejects(listTags(place), { code: "REFERENCE_INVALID", exitCode: 2 });
  }
});
