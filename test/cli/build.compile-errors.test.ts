import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { filterFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, root, runCli, runJson } from "./run-cli.js";

const hello = await readFile(join(root, "examples", "hello", "assembly", "index.ts"), "utf8");
const lines = hello.split("\n").length;

interface Case {
  name: string;
  files: Record<string, string>;
  /** The places of the errors, from the filter's folder. */
  places: string[];
  words: RegExp;
}

const cases: Case[] = [
  {
    name: "a syntax error",
    files: { "assembly/index.ts": `${hello}const a: i32 = ;\n` },
    places: [`assembly/index.ts:${lines}:16`],
    words: /Expression expected\. \(TS1109\)/,
  },
  {
    name: "two type errors",
    files: {
      "assembly/index.ts": `${hello}const a: string = 1;\nexport function f(): i32 { return a.nope; }\n`,
    },
    places: [`assembly/index.ts:${lines}:19`, `assembly/index.ts:${lines + 1}:37`],
    words: /not assignable to type .* \(TS2322\)/,
  },
  {
    name: "an error in an imported file",
    files: {
      "assembly/index.ts": `import { two } from "./größe/two";\n${hello}export function f(): i32 { return two(); }\n`,
      "assembly/größe/two.ts": "// The first line.\nexport function two(): i32 {\n  return nothing;\n}\n",
    },
    places: ["assembly/größe/two.ts:3:10"],
    words: /Cannot find name 'nothing'\. \(TS2304\)/,
  },
  {
    name: "an import of a file that is not there",
    files: {
      "assembly/index.ts": `${hello}import { two } from "./two";\nexport function f(): i32 { return two(); }\n`,
    },
    places: [`assembly/index.ts:${lines}:21`],
    words: /File 'assembly\/two\.ts' not found\. \(TS6054\)/,
  },
];

for (const { name, files, places, words } of cases) {
  test(`${name}: exit 1 with file, line and column`, async (t) => {
    const folder = await filterFolder(t, { files });
    const ended = await runCli(["build", folder]);
    assertFailed(ended, { code: 1, message: words });
    const printed = [...ended.stderr.matchAll(/^error: (\/.*?:\d+:\d+): /gm)].map(([, place]) => place);
    for (const place of places) assert.ok(printed.includes(join(folder, place)), `${place} in\n${ended.all}`);
    assert.ok(!(await readdir(folder)).includes("build"), "a failed build writes nothing");
  });
}

test("the document has every diagnostic in parts", async (t) => {
  const folder = await filterFolder(t, { files: cases[1]!.files });
  const { error } = await runJson<ErrorDocument>(["build", folder], { code: 1 });
  assert.equal(error.code, "COMPILE_FAILED");
  const details = error.details as {
    file: string;
    line: number;
    column: number;
    severity: string;
    message: string;
  }[];
  const file = join(folder, "assembly", "index.ts");
  assert.deepEqual(
    details.map(({ file, line, column, severity }) => [file, line, column, severity]),
    [
      [file, lines, 19, "error"],
      [file, lines + 1, 37, "error"],
    ],
    JSON.stringify(error, null, 2),
  );
  assert.ok(error.message.startsWith(`${file}:${lines}:19: ${details[0]?.message}`), error.message);
});

test("a crash of asc itself is an error like any other", async (t) => {
  // A transform may take away what the compiler needs: it then fails in its own code, at the same place each time.
  const asconfig = JSON.parse(await readFile(`${root}/examples/hello/asconfig.json`, "utf8"));
  asconfig.options.transform = ["./break.mjs"];
  const folder = await filterFolder(t, {
    files: {
      "asconfig.json": JSON.stringify(asconfig),
      "break.mjs": "export default class { afterInitialize(program) { program.managedClasses = null; } }\n",
    },
  });
  const { error } = await runJson<ErrorDocument>(["build", folder], { code: 1 });
  assert.equal(error.code, "COMPILE_FAILED");
  assert.match(
    error.message,
    /^assemblyscript 0\.\d+\.\d+ crashed: TypeError: Cannot read properties of null/,
  );
  assert.match(error.hint ?? "", /compiler itself is at fault/);
  const debug = await runCli(["build", folder, "--debug"]);
  assert.match(debug.stderr, /caused by: CompilerCrash: .*Whoops/, debug.all);
});
