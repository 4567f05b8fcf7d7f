import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MeshwasmError } from "../../cli/src/errors.js";
import { compileFilter } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";

/** The filter's tenth line is `statement`. */
const filter = (statement: string, before = "") =>
  httpFilter(
    `  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
    // Not here: Math.random() Date.now() console.log("") trace("")
    ${statement}
    return Action.Continue;
  }`,
    before,
  );

const cases: [statement: string, error: RegExp][] = [
  [
    "if (Math.random() < 0.5) return Action.Pause;",
    /assembly\/index\.ts:9:9: Math\.random needs env\.seed, which Envoy does not have: declare random_get/,
  ],
  [
    "headers.set('x-now', Date.now().toString());",
    /assembly\/index\.ts:9:26: Date\.now needs env\.Date\.now, which Envoy does not have: use clock of @meshwasm/,
  ],
  [
    "console.log('hello');",
    /assembly\/index\.ts:9:5: console\.log needs env\.console\.log, which Envoy does not have: use log of @meshwasm\/sdk\/assembly/,
  ],
  [
    "trace('hello', 1, 2);",
    /assembly\/index\.ts:9:5: trace needs env\.trace, which Envoy does not have: use log of @meshwasm\/sdk\/assembly/,
  ],
  [
    "performance.now();",
    /assembly\/index\.ts:9:5: performance\.now needs env\.performance\.now, which Envoy does not have/,
  ],
];

describe("an import that Envoy lacks fails the build and says what needs it", () => {
  for (const [statement, expected] of cases) {
    test(statement, async () => {
      await assert.rejects(compileFilter(filter(statement)), (error: MeshwasmError) => {
        assert.ok(error instanceof MeshwasmError, String(error));
        assert.equal(error.code, "COMPILE_FAILED");
        assert.match(error.message, expected);
        return true;
      });
    });
  }

  test("a function that the filter declares itself", async () => {
    const source = filter(
      "missing();",
      '@external("env", "proxy_missing") declare function missing(): void;',
    );
    await assert.rejects(
      compileFilter(source),
      /assembly\/index\.ts:5:\d+: Envoy has no env\.proxy_missing that could be imported/,
    );
  });

  test("a declared function that Envoy has is taken", async () => {
    const declared =
      '@external("wasi_snapshot_preview1", "random_get") declare function random(ptr: usize, length: usize): i32;';
    await compileFilter(filter("random(memory.data(8), 8);", declared));
  });
});
