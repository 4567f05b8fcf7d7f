import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { compileFilter, loadFunctions } from "./compile-snippet.js";
import { httpFilter } from "./filters.js";

const literals = 1_000;

/** Header `index` in four ways: literal or built name, literal or built value. Every name and value occurs once. */
const source = httpFilter(
  `  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
    const path = headers.get(":path")!;
    setAll(headers, path);
    return Action.Continue;
  }`,
  `function built(part: string, index: i32): string { return part + index.toString(); }
  function setAll(headers: RequestHeaders, path: string): void {
    const from = <i32>parseInt(path.substring(1));
    for (let index = from; index < from + 100; index++) {
      // Strings that come and go: the next one may have the address of this one.
      for (let i = 0; i < 5; i++) {
        headers.set(built("x-built-", index), built("built ", index + i));
        // The incremental runtime keeps what is on the stack; the others must not collect here.
        if (isDefined(__managed_bytes)) continue;
        __collect();
      }
      setLiteral(headers, index);
      headers.set("x-mixed", built("mixed ", index));
      headers.set(built("x-mixed-", index), "mixed");
    }
  }
  function setLiteral(headers: RequestHeaders, index: i32): void {
    switch (index) {
${Array.from({ length: literals }, (_, i) => `      case ${i}: headers.set("x-literal-${i}", "value ${i}"); break;`).join("\n")}
    }
  }`,
);

for (const runtime of ["minimal", "incremental", "stub"]) {
  describe(`literals with the ${runtime} runtime`, () => {
    let wasm: Uint8Array;
    before(async () => {
      const quick = ["--optimizeLevel", "1", "--shrinkLevel", "0"];
      wasm = await compileFilter(source, { args: ["--runtime", runtime, ...quick] });
    });

    test("a thousand literals and strings at recycled addresses are never confused", () => {
      const host = new Host(wasm, { rootId: "tested", transcript: false });
      for (let round = 0; round < 3; round++) {
        for (let from = 0; from < literals; from += 100) {
          const { request } = host.exchange({ path: `/${from}` });
          const headers = Object.fromEntries(request!.headers);
          for (let index = from; index < from + 100; index++) {
            assert.equal(headers[`x-literal-${index}`], `value ${index}`);
            assert.equal(headers[`x-built-${index}`], `built ${index + 4}`);
            assert.equal(headers[`x-mixed-${index}`], "mixed");
          }
          assert.equal(headers["x-mixed"], `mixed ${from + 99}`);
          assert.equal(Object.keys(headers).filter((name) => name.startsWith("x-")).length, 301);
        }
      }
      host.close();
      assert.equal(host.failure, undefined);
    });

    test("a literal is encoded once", async () => {
      const functions = await loadFunctions<{ encodeLiterals(times: number): number }>(
        `import { encode } from "@meshwasm/sdk/assembly/memory/encoded";
        export function encodeLiterals(times: i32): usize {
          let last: usize = 0;
          for (let i = 0; i < times; i++) last = encode("a name") ^ encode("a value");
          return last;
        }`,
        { args: ["--runtime", runtime] },
      );
      const first = functions.encodeLiterals(1);
      const size = functions.memory.buffer.byteLength;
      assert.equal(functions.encodeLiterals(100_000), first);
      assert.equal(functions.memory.buffer.byteLength, size);
    });
  });
}
