import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { type FilterFolderOptions, filterFolder } from "./filter-folder.js";
import { assertFailed, type ErrorDocument, runCli, runJson } from "./run-cli.js";

/** examples/hello with these cases as its only tests. */
const withCases = (text: string, files: Record<string, string> = {}): FilterFolderOptions => ({
  files: { "assembly/__tests__": null, test: null, "test/hello.yaml": text, ...files },
});

interface Details {
  cases: { passed: number; failed: number };
  failures: { name: string; place: string; message: string }[];
}

test("cases say what goes in and what must come out, in one step or several", async (t) => {
  const folder = await filterFolder(
    t,
    withCases(`
config: { greeting: hi }
cases:
  - name: greets
    request: { method: POST, path: "/a?b=1", headers: { accept: [text/html, text/plain], x-n: 7 }, body: ping }
    upstream: { status: 201, headers: { content-type: text/plain }, body: [po, ng] }
    expect:
      request: { method: POST, path: { matches: "^/a" }, headers: { x-n: 7, x-hello: null }, body: ping }
      response: { status: 201, headers: { x-hello: hi, content-type: { contains: plain } }, body: pong }
      local: false
      paused: null
      callouts: []
  - name: a case has a configuration of its own
    config: { greeting: moin }
    request: {}
    expect: { response: { headers: { x-hello: moin } }, metrics: { hello.greeted: 1 } }
  - name: takes another configuration
    steps:
      - request: {}
        expect: { response: { headers: { x-hello: [hi] } } }
      - configure: { greeting: bye }
        request: {}
        expect: { response: { headers: { x-hello: bye } } }
  - name: refuses a configuration
    config: "{"
    rejected: expected a name in double quotes
`),
  );
  const junit = join(folder, "out", "junit.xml");
  const ended = await runCli(["test", folder, "--json", "--junit", junit]);
  assert.equal(ended.code, 0, ended.all);
  const summary = JSON.parse(ended.stdout) as Details & { versions: Record<string, string> };
  assert.deepEqual(summary.cases, { files: 1, passed: 4, failed: 0, skipped: 0 });
  assert.deepEqual(Object.keys(summary.versions), ["assemblyscript", "sdk", "envoy"]);
  assert.match(ended.stderr, /test\/hello\.yaml\n {2}✔ greets\n/);
  assert.match(await readFile(junit, "utf8"), /<testcase classname="test\/hello\.yaml" name="greets"/);
  // Another reader of XML finds it whole.
  const { stdout } = await promisify(execFile)("python3", [
    "-c",
    "import sys, xml.etree.ElementTree as e; print(len(e.parse(sys.argv[1]).findall('./testsuite/testcase')))",
    junit,
  ]);
  assert.equal(stdout.trim(), "4");
});

test("a failed case names the line of what is not so, every difference, and shows the exchange", async (t) => {
  const folder = await filterFolder(
    t,
    withCases(`cases:
  - name: wrong
    request: {}
    expect:
      request: null
      response:
        status: 418
        headers: { x-hello: nobody }
        body: { contains: tea }
      logs: [{ level: error, message: { contains: lost } }]
      metrics: { hello.lost: 1 }
      received: nothing
  - name: right
    request: {}
    expect: { response: { status: 200 } }
`),
  );
  const { error } = await runJson<ErrorDocument>(["test", folder, "--quiet"], { code: 1 });
  const { cases, failures } = error.details as Details;
  assert.deepEqual([cases.passed, cases.failed, failures.length], [1, 1, 1]);
  const [failure] = failures;
  assert.equal(failure?.name, "wrong");
  assert.equal(failure?.place, "test/hello.yaml:7:17");
  const message = failure?.message ?? "";
  for (const words of [
    'response.status should be "418", is "200"',
    'response.headers.x-hello should be "nobody", is "world"',
    'response.body should contain "tea", is ""',
    "request: reached the upstream, should not",
    "logs: no line error",
    "metric hello.lost should be 1, is not defined (there: hello.greeted)",
    "received: there was no connection",
    "proxy_on_response_headers",
  ]) {
    assert.ok(message.includes(words), `${words}\nis not in\n${message}`);
  }
});

test("a trap fails a case by itself, and can be expected", async (t) => {
  const filter = `import { Action, HttpFilter, RequestHeaders, registerHttpFilter } from "@meshwasm/sdk/assembly";
class Breaks extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    unreachable();
    return Action.Continue;
  }
}
registerHttpFilter<Breaks>("hello");
`;
  const cases = `cases:
  - name: nobody expected it
    request: {}
    expect: { local: true }
  - name: expected
    request: {}
    expect: { trap: { contains: unreachable }, local: true, response: { status: 503 } }
`;
  const folder = await filterFolder(t, withCases(cases, { "assembly/index.ts": filter }));
  const { error } = await runJson<ErrorDocument>(["test", folder, "--quiet"], { code: 1 });
  const { cases: counted, failures } = error.details as Details;
  assert.deepEqual([counted.passed, counted.failed], [1, 1]);
  assert.match(failures[0]?.message ?? "", /^the VM died: .*unreachable/);
  // The line in the author's source, although the module is the optimized one that is shipped.
  assert.match(failures[0]?.message ?? "", /\(assembly\/index\.ts:4:5\)/);
});

const bad: [name: string, text: string, place: RegExp][] = [
  ["no YAML", "cases: [", /test\/hello\.yaml:1:9/],
  [
    "an unknown key",
    "cases:\n  - name: a\n    expekt: {}\n",
    /test\/hello\.yaml:3:\d+: unknown key 'expekt'/,
  ],
  ["no case", "cases: []\n", /test\/hello\.yaml:1:8/],
  ["nothing expected", "cases:\n  - name: a\n    request: {}\n", /hello\.yaml:2:5: case 'a' expects nothing/],
  [
    "two of one name",
    "cases:\n  - {name: a, request: {}, expect: {local: false}}\n  - {name: a, request: {}, expect: {local: false}}\n",
    /hello\.yaml:3:5: another case is named 'a'/,
  ],
  [
    "steps and a step",
    "cases:\n  - {name: a, request: {}, steps: [{expect: {local: false}}]}\n",
    /hello\.yaml:2:5: 'request' stands beside 'steps'/,
  ],
  [
    "a bad regular expression",
    'cases:\n  - name: a\n    request: {}\n    expect: {response: {body: {matches: "("}}}\n',
    /hello\.yaml:4:\d+/,
  ],
];

for (const [name, text, place] of bad) {
  test(`a file of cases that cannot be read names the line: ${name}`, async (t) => {
    const folder = await filterFolder(t, withCases(text));
    assertFailed(await runCli(["test", folder]), { code: 2, message: place });
  });
}
