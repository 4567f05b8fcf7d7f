import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderMap } from "./header-map.js";
import { HeadersView } from "./view.js";

describe("HeaderMap", () => {
  it("keeps order, lower-cases ASCII only, and puts pseudo-headers first", () => {
    const map = new HeaderMap("request");
    map.add("X-B", "1");
    map.add(":path", "/");
    map.add("x-\u00c0", "2");
    assert.deepEqual(map.pairs(), [
      [":path", "/"],
      ["x-b", "1"],
      ["x-\u00c0", "2"],
    ]);
  });

  it("makes a second entry, except for the names that Envoy keeps once", () => {
    const map = new HeaderMap("response");
    for (const name of ["x-a", "cache-control", "set-cookie"]) {
      map.add(name, "1");
      map.add(name, "2");
    }
    assert.deepEqual(map.pairs(), [
      ["x-a", "1"],
      ["x-a", "2"],
      ["cache-control", "1,2"],
      ["set-cookie", "1"],
      ["set-cookie", "2"],
    ]);
  });

  it("replaces and removes all entries of a name", () => {
    const map = new HeaderMap("response");
    map.add("a", "1");
    map.add("b", "1");
    map.add("a", "2");
    map.set("A", "3");
    assert.deepEqual(map.getAll("a"), ["3"]);
    map.remove("A");
    assert.deepEqual(map.pairs(), [["b", "1"]]);
    assert.equal(map.byteSize, 2);
  });

  it("treats host as the authority in requests only", () => {
    const request = new HeaderMap("request");
    request.set("Host", "a");
    assert.equal(request.get(":authority"), "a");
    const response = new HeaderMap("response");
    response.set("Host", "a");
    assert.equal(response.get(":authority"), undefined);
  });

  it("stays consistent over random changes", () => {
    const map = new HeaderMap("request");
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) % below;
    };
    const names = [":path", ":method", "a", "b", "accept", "host"];
    for (let round = 0; round < 5000; round++) {
      const name = names[random(names.length)]!;
      const action = random(3);
      if (action === 0) map.add(name, String(round));
      else if (action === 1) map.set(name, String(round));
      else map.remove(name);
      const pairs = map.pairs();
      const firstPlain = pairs.findIndex(([key]) => !key.startsWith(":"));
      assert.ok(firstPlain < 0 || pairs.slice(firstPlain).every(([key]) => !key.startsWith(":")));
      if (action === 1) assert.deepEqual(map.getAll(name), [String(round)]);
      if (action === 2) assert.equal(map.get(name), undefined);
    }
  });
});

describe("HeadersView", () => {
  it("shows text and bytes, and lists no pseudo-headers", () => {
    const map = new HeaderMap("response");
    map.add(":status", "200");
    map.add("x-text", Buffer.from("caf\u00e9").toString("latin1"));
    map.add("x-bytes", "\xff\xfe");
    const view = new HeadersView(map);
    assert.equal(view.get(":status"), "200");
    assert.equal(view.get("X-Text"), "caf\u00e9");
    assert.deepEqual(view.getBytes("x-bytes"), Buffer.from([0xff, 0xfe]));
    assert.equal(view.get("x-none"), null);
    assert.deepEqual(
      [...view].map(([name]) => name),
      ["x-text", "x-bytes"],
    );
  });
});
