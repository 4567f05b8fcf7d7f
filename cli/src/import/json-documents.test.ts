import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MeshwasmError } from "../errors.js";
import { readJsonDocuments } from "./json-documents.js";

describe("readJsonDocuments", () => {
  it("reads one document, or several one behind another, with places in the whole file", () => {
    const text = '{"a": [1, {"b": "}\\"{"}]}\n\n  {"c":\n  {"d": true, "e": null}} {"f":[[],"x",3]}\n';
    const [first, second, third, more] = readJsonDocuments(text, "f");
    assert.equal(more, undefined);
    assert.deepEqual(
      [first?.value, second?.value, third?.value],
      [{ a: [1, { b: '}"{' }] }, { c: { d: true, e: null } }, { f: [[], "x", 3] }],
    );
    assert.equal(first?.place([]), "f:1:1");
    assert.equal(first?.place(["a", 1, "b"]), "f:1:17");
    assert.equal(second?.place([]), "f:3:3");
    assert.equal(second?.place(["c", "e"]), "f:4:20");
    assert.equal(third?.place(["f", 2]), "f:4:40");
    // What is not there is told by what is around it.
    assert.equal(second?.place(["c", "nothing", "deeper"]), "f:4:3");
    assert.equal(third?.place(["f", 3]), "f:4:32");
    assert.equal(third?.place(["f", 2, "in a number"]), "f:4:40");
  });

  const bad: [text: string, place: string][] = [
    ["", "f:1:1"],
    ["  \n ", "f:1:1"],
    ["nothing", "f:1:2"],
    ['{"a": 1}\n{"b": }', "f:2:7"],
    ['{"a": 1}\n{"b": [1,', "f:2:10"],
    ['{"a": 1} }', "f:1:10"],
    ['{"a": "b', "f:1:9"],
  ];
  for (const [text, place] of bad) {
    it(`names the place where ${JSON.stringify(text)} is no JSON`, () => {
      assert.throws(
        () => readJsonDocuments(text, "f"),
        (error) => {
          assert.ok(error instanceof MeshwasmError && error.code === "FILTER_INVALID");
          assert.ok(error.message.startsWith(`${place}: `), error.message);
          return true;
        },
      );
    });
  }

  it("finds a place in a large file at once", () => {
    const entries = Array.from({ length: 50_000 }, (_, index) => ({ index, text: "[{x".repeat(10) }));
    const [document] = readJsonDocuments(JSON.stringify({ entries }, null, 1), "f");
    assert.equal(document?.place(["entries", 49_999, "index"]), "f:200000:13");
  });
});
