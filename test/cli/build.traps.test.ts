import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Host } from "@meshwasm/sdk/host";
import { filterFolder } from "./filter-folder.js";
import { runCli } from "./run-cli.js";

// The optimized module that is shipped, with its source map beside it: whatever the compiler has put together there, a trap is told by
// the line of the author's source. `n` is -1, which the compiler does not know.

const traps: [name: string, statement: string][] = [
  ["division by zero", "10 / (n + 1)"],
  ["a load out of bounds", "load<u8>(<usize>0xfffffff0 + n)"],
  ["the index of an array", "list[6 + n]"],
  ["the index of a fixed array", "fixed[6 + n]"],
  ["the index of a typed array", "bytes[6 + n]"],
  ["an empty array's last", "empty.pop()"],
  ["a count that the library refuses", '"a".repeat(n)'],
  ["a null", "nothing!.value"],
  ["an inlined function", "divide(n + 1)"],
  ["one that is inlined into another", "within(n + 1)"],
  ["an index in an inlined function", "at(6 + n)"],
  ["abort", 'abort("told to", "other.ts", 1, 2)'],
  ["throw", 'throw new Error("on purpose")'],
];

/** The line of each trap is the one that asks for its path; those of inlined functions have lines of their own. */
const source = `import { Action, HttpFilter, registerHttpFilter, RequestHeaders, RootContext } from "@meshwasm/sdk/assembly";
const list: i32[] = [1];
const fixed = new StaticArray<i32>(1);
const bytes = new Uint8Array(1);
const empty: i32[] = [];
class Point { constructor(public value: i32) {} }
let nothing: Point | null = null;
// @ts-ignore: decorator
@inline function divide(n: i32): i32 { return 10 / n; }
// @ts-ignore: decorator
@inline function within(n: i32): i32 { return divide(n) + 1; }
// @ts-ignore: decorator
@inline function at(n: i32): i32 { return list[n]; }
class Traps extends HttpFilter<RootContext> {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const n = -<i32>headers.has(":path");
${traps
  .map(([, what], index) => {
    const statement = /^(abort|throw)/.test(what) ? what : `headers.set("x", (${what}).toString())`;
    return `    if (headers.equals(":path", "/${index}")) { ${statement}; }`;
  })
  .join("\n")}
    return Action.Continue;
  }
}
registerHttpFilter<Traps>("hello");
`;
const lineOf = (text: string) => source.split("\n").findIndex((line) => line.includes(text)) + 1;
const inlined: Readonly<Record<string, string>> = {
  "an inlined function": "function divide",
  "one that is inlined into another": "function divide",
  "an index in an inlined function": "function at",
};

describe("a trap in the module that is shipped names the author's line", () => {
  let wasm: string;
  let remove: (() => Promise<void>) | undefined;
  before(async () => {
    const later = {
      after: (work: () => Promise<void>) => {
        remove = work;
      },
    };
    const folder = await filterFolder(later, { files: { "assembly/index.ts": source } });
    const built = await runCli(["build", folder]);
    assert.equal(built.code, 0, built.all);
    wasm = join(folder, "build", "filter.wasm");
  });
  after(() => remove?.());

  for (const [index, [name, what]] of traps.entries())
    it(`${name}: ${what}`, () => {
      const host = Host.fromFile(wasm, { rootId: "hello" });
      assert.equal(host.exchange({ path: `/${index}` }).response.status, 503);
      const message = host.failure?.message ?? "";
      const [, line] = /assembly\/index\.ts:(\d+):\d+/.exec(message) ?? [];
      assert.equal(Number(line), lineOf(inlined[name] ?? `"/${index}"`), message);
    });
});
