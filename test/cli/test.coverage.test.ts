import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import type { CoverageSummary } from "../../cli/src/line-coverage/report.js";
import { type FilterFolderOptions, filterFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, root, runCli, runJson } from "./run-cli.js";

/** One function for each kind of test. */
const filter = `import { Action, HttpFilter, RequestHeaders, registerHttpFilter } from "@meshwasm/sdk/assembly";
import { ofSpecs } from "./functions";
class Paths extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const path = headers.get(":path");
    if (path && path == "/case") {
      headers.set("x-case", "1");
    }
    if (path && path == "/host") {
      headers.set("x-host", "1");
    }
    if (path && path == "/trap") {
      unreachable();
    }
    if (path && path == "/spec") headers.set("x-spec", ofSpecs(1).toString());
    return Action.Continue;
  }
}
registerHttpFilter<Paths>("hello");
`;
const functions = `export function ofSpecs(n: i32): i32 {
  return n + 1;
}
`;
const spec = `import { ofSpecs } from "../functions";
describe("functions", () => { it("adds", () => { expect(ofSpecs(1)).toBe(2); }); });
`;
const cases =
  "cases:\n  - name: a\n    request: { path: /case }\n    expect: { request: { headers: { x-case: 1 } } }\n";
const hostTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { Host } from "@meshwasm/sdk/host";
test("host", () => {
  const wasm = new URL("../build/filter.wasm", import.meta.url);
  const exchange = Host.fromFile(wasm, { rootId: "hello" }).exchange({ path: "/host" });
  assert.equal(exchange.request?.headers.get("x-host"), "1");
});
`;
const trapping = "cases:\n  - name: traps\n    request: { path: /trap }\n    expect: { local: true }\n";

const folderWith = (files: Record<string, string>): FilterFolderOptions => ({
  files: {
    ...{ "assembly/__tests__": null, test: null },
    ...{ "assembly/index.ts": filter, "assembly/functions.ts": functions, ...files },
  },
});
const specFile = { "assembly/__tests__/functions.spec.ts": spec };
const caseFile = { "test/a.yaml": cases };
const hostFile = { "test/a.test.ts": hostTest };

const kinds: [name: string, files: Record<string, string>, uncovered: [string, string]][] = [
  ["a spec", specFile, ["5-19", ""]],
  ["a case", caseFile, ["10, 13", "2"]],
  ["a host test", hostFile, ["7, 13", "2"]],
  ["all of them", { ...specFile, ...caseFile, ...hostFile }, ["13", ""]],
];

for (const [name, files, [inFilter, inFunctions]] of kinds) {
  test(`--coverage counts the author's lines that ${name} runs`, async (t) => {
    const folder = await filterFolder(t, folderWith(files));
    const { coverage } = await runJson<{ coverage: CoverageSummary }>([
      "test",
      folder,
      "--coverage",
      "--quiet",
    ]);
    assert.deepEqual(
      coverage.files.map(({ file, uncovered }) => [file, uncovered]),
      [
        ["assembly/functions.ts", inFunctions],
        ["assembly/index.ts", inFilter],
      ],
    );
  });
}

test("the module that was built is the one that ships, and lcov names the files from the current folder", async (t) => {
  const folder = await filterFolder(t, folderWith({ ...caseFile, ...hostFile }));
  const built = await runJson<{ sha256: string; wasm: string }>(["build", folder]);
  const bytes = await readFile(built.wasm);
  const map = await readFile(`${built.wasm}.map`);
  const lcov = join(folder, "out", "lcov.info");
  const ended = await runCli(["test", folder, "--lcov", lcov, "--coverage-threshold", "60", "--json"]);
  assert.equal(ended.code, 0, ended.all);
  const { sha256 } = JSON.parse(ended.stdout) as { sha256: string };
  assert.equal(sha256, built.sha256);
  assert.deepEqual(await readFile(built.wasm), bytes);
  assert.deepEqual(await readFile(`${built.wasm}.map`), map);
  const text = await readFile(lcov, "utf8");
  assert.ok(text.includes(`SF:${relative(root, join(folder, "assembly", "index.ts"))}\n`), text);
  assert.match(text, /DA:5,2\n[\s\S]*DA:13,0\n/);
  assert.match(ended.stderr, /^assembly\/index\.ts +\d+\.\d % +\d+\.\d % {2}13$/m);
});

test("too little coverage fails as a test does", async (t) => {
  const folder = await filterFolder(t, folderWith(caseFile));
  const { error } = await runJson<ErrorDocument>(
    ["test", folder, "--coverage-threshold", "99.5", "--quiet"],
    { code: 1 },
  );
  assert.equal(error.code, "TEST_FAILED");
  assert.match(error.message, /^\d+\.\d % of the lines are covered, not 99\.5 %$/);
  const { coverage } = error.details as { coverage: CoverageSummary };
  assert.ok(coverage.lines.percent < 99.5);
});

test("a trap is told by its line while lines are counted", async (t) => {
  const folder = await filterFolder(t, folderWith({ "test/a.yaml": trapping }));
  const { error } = await runJson<ErrorDocument>(["test", folder, "--coverage", "--quiet"], { code: 1 });
  const { failures } = error.details as { failures: { message: string }[] };
  assert.match(failures[0]?.message ?? "", /\(assembly\/index\.ts:13:7\)/);
});

test("what is no percentage is bad usage", async () => {
  for (const text of ["101", "-1", "x", "1e1"]) {
    const ended = await runCli(["test", `--coverage-threshold=${text}`]);
    assertFailed(ended, { code: 2, message: /is no percentage from 0 to 100/ });
  }
});

test("the import of an instrumented build is refused in every other", async (t) => {
  const source = `@external("meshwasm_coverage", "hit")
declare function hit(id: i32): void;
hit(1);
`;
  const folder = await filterFolder(t, folderWith({ "assembly/functions.ts": functions + source }));
  assertFailed(await runCli(["build", folder]), {
    code: 1,
    message: /functions\.ts:5:18: .*Envoy has no meshwasm_coverage\.hit/,
  });
});
