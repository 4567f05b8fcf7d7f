import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChallenges } from "./challenge.js";
import { scopesFor } from "./scope.js";

test("challenges are read", async (t) => {
  const table: [string, [string, Record<string, string>][]][] = [
    ['Basic realm="x"', [["basic", { realm: "x" }]]],
    ["BASIC", [["basic", {}]]],
    [
      'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a/b:pull,push"',
      [
        [
          "bearer",
          { realm: "https://auth.example.com/token", service: "r", scope: "repository:a/b:pull,push" },
        ],
      ],
    ],
    [
      'Bearer realm = "a" , service=b, Basic realm="c"',
      [
        ["bearer", { realm: "a", service: "b" }],
        ["basic", { realm: "c" }],
      ],
    ],
    [
      'Negotiate, Basic realm="a\\"b\\\\"',
      [
        ["negotiate", {}],
        ["basic", { realm: 'a"b\\' }],
      ],
    ],
    ['Bearer realm="unclosed', [["bearer", {}]]],
    ["", []],
    ["=,=", []],
  ];
  for (const [header, expected] of table) {
    await t.test(header || "empty", () => {
      const found = parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);
      assert.deepEqual(found, expected);
    });
  }
});

test("a long hostile header is read in linear time", () => {
  const start = Date.now();
  parseChallenges(`Bearer ${'a="\\'.repeat(4_000)}`);
  parseChallenges(`${"a, ".repeat(5_000)}`);
  assert.ok(Date.now() - start < 1_000);
});

test("the needed scope comes first, foreign ones are kept", () => {
  assert.deepEqual(scopesFor("a", "pull,push", "repository:a:pull repository:b:pull"), [
    "repository:a:pull,push",
    "repository:b:pull",
  ]);
  assert.deepEqual(scopesFor("a", "pull", undefined), ["repository:a:pull"]);
});
