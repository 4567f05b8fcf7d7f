import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutMapUrl } from "./map-url.js";

const head = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const section = (url: string) => {
  const content = Buffer.concat([
    Buffer.from("\x10sourceMappingURL"),
    Buffer.from([url.length]),
    Buffer.from(url),
  ]);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
};

test("only the section that names this map, and only at the end, is taken away", () => {
  const url = "./filter.wasm.map";
  assert.deepEqual(withoutMapUrl(Buffer.concat([head, section(url)]), url), head);
  assert.deepEqual(withoutMapUrl(head, url), head);
  assert.deepEqual(withoutMapUrl(Buffer.alloc(0), url), Buffer.alloc(0));
  const others = [
    Buffer.concat([head, section("./other.map")]),
    Buffer.concat([head, section(url), Buffer.from([1])]),
  ];
  for (const wasm of others) assert.deepEqual(withoutMapUrl(wasm, url), wasm);
});

test("lengths above 127 take two bytes", () => {
  const url = `./${"a".repeat(200)}.map`;
  const content = Buffer.concat([
    Buffer.from("\x10sourceMappingURL"),
    Buffer.from([0xce, 0x01]),
    Buffer.from(url),
  ]);
  const bytes = Buffer.concat([Buffer.from([0, 0xe1, 0x01]), content]);
  assert.equal(content.length, 0xe1);
  assert.deepEqual(withoutMapUrl(Buffer.concat([head, bytes]), url), head);
});
