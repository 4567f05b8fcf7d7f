import assert from "node:assert/strict";
import { test } from "node:test";
import { type FilterFolderOptions, filterFolder } from "./filter-folder.js";
import { type ErrorDocument, runCli, runJson } from "./run-cli.js";

interface Summary {
  name: string;
  version: string;
  sha256: string;
  specs: Count;
  hostTests: Count;
  failures: { name: string; place?: string; message: string }[];
}

interface Count {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
}

const spec = (body: string) =>
  `import { Host } from "@meshwasm/sdk/assembly/spec";\n\ndescribe("hello", () => {\n${body}\n});\n`;
const hostTest = (body: string) =>
  `import assert from "node:assert/strict";\nimport { describe, test } from "node:test";\n${body}\n`;
const only = (file: string, text: string): FilterFolderOptions => ({
  files: { "assembly/__tests__": null, test: null, [file]: text },
});
const specFile = "assembly/__tests__/hello.spec.ts";
const passing = spec('  it("passes", () => { expect(1).toBe(1); });');

const counts = ({ passed, failed, skipped }: Count) => [passed, failed, skipped];

test("the example passes, and the document counts", async (t) => {
  const folder = await filterFolder(t);
  const ended = await runCli(["test", folder, "--json"]);
  assert.equal(ended.code, 0, ended.all);
  const summary = JSON.parse(ended.stdout) as Summary;
  assert.deepEqual(Object.keys(summary), [
    ...["name", "version", "sha256", "versions"],
    ...["specs", "cases", "hostTests", "failures"],
  ]);
  assert.deepEqual([summary.name, summary.version, summary.failures], ["hello", "0.1.0", []]);
  assert.match(summary.sha256, /^[0-9a-f]{64}$/);
  assert.ok(summary.specs.files === 1 && summary.specs.passed > 0 && summary.specs.failed === 0, ended.all);
  assert.ok(
    summary.hostTests.files === 1 && summary.hostTests.passed > 0 && summary.hostTests.failed === 0,
    ended.all,
  );
  assert.match(ended.stderr, /✔ /, ended.all);
});

test("host tests are counted one by one, suites not", async (t) => {
  const body = `
    test("passes", () => {});
    test("skipped", { skip: true }, () => {});
    describe("a suite", () => {
      test("passes", () => {});
      test("fails", () => { assert.equal(1, 2); });
    });`;
  const folder = await filterFolder(t, only("test/a.test.ts", hostTest(body)));
  const { error } = await runJson<ErrorDocument>(["test", folder, "--quiet"], { code: 1 });
  const summary = error.details as Summary;
  assert.equal(error.code, "TEST_FAILED");
  assert.equal(error.message, "2 passed, 1 failed");
  assert.deepEqual(counts(summary.hostTests), [2, 1, 1], JSON.stringify(summary, null, 2));
  assert.equal(summary.failures.length, 1, JSON.stringify(summary, null, 2));
  assert.equal(summary.failures[0]?.name, "a suite › fails");
  assert.match(summary.failures[0]?.place ?? "", /^test\/a\.test\.ts:\d+:\d+$/);
  assert.match(summary.failures[0]?.message ?? "", /1 !== 2/);
});

interface Case extends FilterFolderOptions {
  name: string;
  /** The only failure: its name, and what is in its message. */
  failure: string;
  message: RegExp;
  place?: string;
}

const cases: Case[] = [
  {
    name: "a failing spec",
    ...only(specFile, spec('  it("counts", () => {\n    const one = 1;\n    expect(one).toBe(2);\n  });')),
    failure: "hello › counts",
    message: /expected: .*2/s,
    place: `${specFile}:6:5`,
  },
  {
    name: "a spec that traps",
    ...only(
      specFile,
      spec('  it("traps", () => {\n    const list: i32[] = [];\n    expect(list[3]).toBe(2);\n  });'),
    ),
    failure: "hello › traps",
    message: /Index out of range/,
    place: `${specFile}:6:12`,
  },
  {
    name: "a filter that refuses its configuration",
    ...only(specFile, spec('  it("starts", () => {\n    new Host("{");\n  });')),
    failure: "hello › starts",
    message: /rejects the configuration.*configuration: /s,
    // Of its argument: asc gives the call itself no place.
    place: `${specFile}:5:14`,
  },
  {
    name: "a spec file that throws at its top level",
    ...only(specFile, `${passing}\nthrow new Error("at the top");\n`),
    failure: specFile,
    message: /at the top/,
  },
  {
    name: "a host test file that throws at its top level",
    ...only("test/a.test.ts", hostTest('throw new Error("at the top");')),
    failure: "test/a.test.ts",
    message: /at the top/,
  },
  {
    name: "a host test file that does not parse",
    ...only("test/a.test.ts", "const = 1;\n"),
    failure: "test/a.test.ts",
    message: /a\.test\.ts:1:6.*Expected identifier/s,
  },
];

for (const { name, failure, message, place, ...options } of cases) {
  test(`${name}: exit 1 with its name, reason and place`, async (t) => {
    const folder = await filterFolder(t, options);
    const { error } = await runJson<ErrorDocument>(["test", folder, "--quiet"], { code: 1 });
    const { failures } = error.details as Summary;
    const shown = JSON.stringify(error, null, 2);
    assert.equal(error.code, "TEST_FAILED", shown);
    assert.deepEqual(
      failures.map(({ name }) => name),
      [failure],
      shown,
    );
    assert.match(failures[0]?.message ?? "", message, shown);
    if (place !== undefined) assert.equal(failures[0]?.place, place, shown);
  });
}

test("a filter that traps fails its spec with the reason", async (t) => {
  const index = `import { Action, HttpFilter, registerHttpFilter, RequestHeaders, RootContext } from "@meshwasm/sdk/assembly";
class Broken extends HttpFilter<RootContext> {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    unreachable();
    return Action.Continue;
  }
}
registerHttpFilter<Broken>("hello");
`;
  const body = '  it("answers", () => {\n    expect(new Host().request().send().status).toBe(200);\n  });';
  const folder = await filterFolder(t, {
    files: { "assembly/__tests__": null, test: null, [specFile]: spec(body), "assembly/index.ts": index },
  });
  const { error } = await runJson<ErrorDocument>(["test", folder, "--quiet"], { code: 1 });
  assert.match(JSON.stringify(error.details), /unreachable|503/, JSON.stringify(error, null, 2));
});

test("a compile error in a spec: exit 1 with file, line and column", async (t) => {
  const folder = await filterFolder(
    t,
    only(specFile, spec('  it("x", () => {\n    const one: i32 = nothing;\n  });')),
  );
  const ended = await runCli(["test", folder]);
  assert.equal(ended.code, 1, ended.all);
  assert.ok(
    ended.stderr.includes(`error: ${folder}/${specFile}:5:22: Cannot find name 'nothing'`),
    ended.all,
  );
});

test("no test at all: exit 1 and where tests are looked for", async (t) => {
  const folder = await filterFolder(t, { files: { "assembly/__tests__": null, test: null } });
  const ended = await runCli(["test", folder]);
  assert.equal(ended.code, 1, ended.all);
  assert.match(ended.stderr, /error: no test ran in .*\nhint: specs are assembly\/__tests__/, ended.all);
});

test("only skipped tests: exit 1", async (t) => {
  const folder = await filterFolder(
    t,
    only("test/a.test.ts", hostTest('test("later", { skip: true }, () => {});')),
  );
  const ended = await runCli(["test", folder, "--quiet"]);
  assert.equal(ended.code, 1, ended.all);
  assert.match(ended.stderr, /no test ran/, ended.all);
});
