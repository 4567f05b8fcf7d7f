import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AscOptions } from "../build/compiler.js";
import { Coverage } from "./coverage.js";
import { coverageModule, coverageTransform } from "./instrument.js";
import { coverageText, lcovReport, summarize } from "./report.js";

/** Each line says behind `//` how often it runs; `-`: it is no statement. */
const source = `import { twice } from "./twice"; // -
import "./config"; // -
const three: i32 = 3; // -
let called = 0; // -
start(); // 1
function start(): void { // -
  called++; // 1
} // -
class Base { // -
  constructor(public n: i32) {} // -
} // -
class Derived extends Base { // -
  m: i32 = 5; // -
  constructor(n: i32) { // -
    super(n); // 1
    this.m = n; // 1
  } // -
  @inline get sum(): i32 { // -
    return this.n + this.m; // 1
  } // -
} // -
namespace inner { // -
  export function unused(): i32 { // -
    return 1; // 0
  } // -
} // -
function generic<T>(value: T): T { // -
  return value; // 2
} // -
export function run(n: i32): i32 { // -
  let total = new Derived(n).sum; // 1
  if (n > 100) total++; // 1
  if (n > 100) { // 1
    total++; // 0
  } else if (n > 50) // 1
    total++; // 0
  else total += 2; // 1
  for (let i = 0; i < three; i++) total += i; // 3
  for (let i = 0; i < 2; i++) { // 1
    if (i == 1) continue; // 2
    total += 1; // 1
  } // -
  while (total > 1000) total--; // 1
  do total += 1; while (total < 0); // 1
  switch (n) { // 1
    case 1: // -
      total = 0; // 0
      break; // 0
    default: // -
      total += 10; // 1
  } // -
  const add = (a: i32): i32 => a + 1; // 1
  const block = (a: i32): i32 => { // 1
    return a; // 1
  }; // -
  total = add(block(total)); // 1
  total += generic<i32>(1) + <i32>generic<i64>(1) + twice(3); // 1
  return total; // 1
  total = 0; // 0
} // -
`;
const twice =
  "export function twice(n: i32): i32 {\n  return n * 2;\n}\nexport function never(): void {\n  trace('x');\n}\n";
const files: Record<string, string> = {
  "index.ts": source,
  "twice.ts": twice,
  "config.ts": "// Made by meshwasm from config.schema.json.\nstart();\nfunction start(): void {}\n",
};

interface Asc {
  main(
    args: string[],
    options: Partial<AscOptions> & { readFile(name: string): string | null },
  ): Promise<{ error: Error | null }>;
}

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { run(n: number): number } };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

async function counted(
  asc: Asc,
  flags: string[],
): Promise<{ coverage: Coverage; result: number; wasm: Uint8Array }> {
  const coverage = new Coverage();
  let wasm = new Uint8Array();
  let said = "";
  const { error } = await asc.main(["index.ts", "--outFile", "out.wasm", "--use", "abort=", ...flags], {
    transforms: [coverageTransform(coverage)],
    stdout: { write: () => {} },
    stderr: { write: (chunk) => (said += chunk) },
    readFile: (name) => files[name] ?? null,
    writeFile: (name, contents) => {
      if (name === "out.wasm") wasm = contents as typeof wasm;
    },
  });
  assert.equal(error, null, said);
  const instance = new Instance(new Module(wasm), { [coverageModule]: { hit: coverage.hit } });
  return { coverage, result: instance.exports.run(7), wasm };
}

for (const compiler of ["assemblyscript", "assemblyscript-newest"]) {
  describe(`the coverage of what ${compiler} compiles`, () => {
    for (const flags of [[], ["-O3"], ["--debug"]]) {
      it(`counts each statement, and no line less ${flags.join(" ")}`, async () => {
        const { main } = (await import(`${compiler}/asc`)) as Asc;
        const { coverage, result } = await counted({ main }, flags);
        assert.equal(result, 40);
        const own = coverage.files().find(({ file }) => file === "index.ts");
        const found = new Map(own?.lines.map(({ line, hits }) => [line, hits]));
        const lines = source.trimEnd().split("\n");
        const marked = lines.map((line, index) =>
          line.replace(/\/\/ .*$/, `// ${found.get(index + 1) ?? "-"}`),
        );
        assert.deepEqual(marked, lines);
      });
    }
  });
}

it("the report has the author's files, the lines that did not run, and rounds down", async () => {
  const { main } = (await import("assemblyscript/asc" as string)) as Asc;
  const { coverage } = await counted({ main }, []);
  const summary = summarize(coverage.files());
  assert.deepEqual(
    summary.files.map(({ file, uncovered }) => [file, uncovered]),
    [
      ["index.ts", "24, 34, 36, 47-48, 59"],
      ["twice.ts", "5"],
    ],
  );
  assert.ok(summary.lines.percent < 100 && summary.statements.covered < summary.statements.total);
  const text = coverageText(summary);
  assert.equal(text.length, 4);
  assert.match(text[2] ?? "", /^twice\.ts +50\.0 % +50\.0 % {2}5$/);
  assert.match(
    lcovReport("/filter", coverage.files()),
    /TN:\nSF:.*filter\/twice\.ts\nDA:2,1\nDA:5,0\nLF:2\nLH:1\nend_of_record\n$/,
  );
});

it("numbers stay the same in another build, so that specs and the filter count together", async () => {
  const coverage = new Coverage();
  assert.deepEqual([coverage.numberOf("a", "x;\ny;", 3), coverage.numberOf("a", "x;\ny;", 3)], [0, 0]);
  coverage.hit(0);
  coverage.add(0, 2);
  coverage.hit(99);
  assert.deepEqual(coverage.files(), [
    { file: "a", lines: [{ line: 2, hits: 3 }], statements: { total: 1, covered: 1 } },
  ]);
});
