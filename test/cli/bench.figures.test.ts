import assert from "node:assert/strict";
import { test } from "node:test";
import type { BenchDocument } from "../../cli/src/bench/bench.js";
import { filterFolder } from "./filter-folder.js";
import { assertFailed, runCli, runJson } from "./run-cli.js";

const cases = `cases:
  - name: one hostcall
    request: { headers: { a: b } }
    expect: { local: false }
  - name: two steps
    config: { greeting: hi }
    steps:
      - request: {}
        expect: { local: false }
      - configure: { greeting: ho }
        request: { method: POST, body: text }
        expect: { local: false }
  - name: is not measured
    config: "{"
    rejected: expected
`;

const few = ["--exchanges", "50", "--streams", "20"];

test("each case of the folder that sends something is measured", async (t) => {
  const folder = await filterFolder(t, { files: { test: null, "test/a.yaml": cases } });
  const { name, sha256, runs } = await runJson<BenchDocument>(["bench", folder, ...few]);
  assert.equal(name, "hello");
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    runs.map((run) => [run.name, run.exchanges, run.memory.streams]),
    [
      ["test/a.yaml: one hostcall", 50, 20],
      ["test/a.yaml: two steps", 50, 20],
    ],
  );
  for (const { medianMicros, p99Micros, hostcalls, callbacks, memory } of runs) {
    assert.ok(medianMicros > 0 && p99Micros >= medianMicros);
    // It sets a header and counts; its context is made, asked once, and deleted.
    assert.ok(hostcalls >= 2 && Number.isInteger(hostcalls), String(hostcalls));
    assert.ok(callbacks >= 3, String(callbacks));
    assert.ok(memory.started > 0 && memory.started % 65_536 === 0);
    assert.ok(memory.afterExchanges >= memory.started && memory.withStreams >= memory.started);
  }
});

test("streams that are held open are seen in the memory", async (t) => {
  const filter = `import { Action, HttpFilter, RequestHeaders, registerHttpFilter } from "@meshwasm/sdk/assembly";
class Keeps extends HttpFilter {
  kept: Uint8Array = new Uint8Array(0);
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    this.kept = new Uint8Array(10000);
    return Action.Continue;
  }
}
registerHttpFilter<Keeps>("hello");
`;
  const folder = await filterFolder(t, { files: { test: null, "assembly/index.ts": filter } });
  const { runs } = await runJson<BenchDocument>(["bench", folder, "--exchanges", "50", "--streams", "500"]);
  const [run] = runs;
  assert.equal(run?.name, "GET /");
  assert.ok((run?.memory.withStreams ?? 0) > 500 * 10_000, JSON.stringify(run));
});

test("the text says the same, and a filter that traps is an error with its place", async (t) => {
  const folder = await filterFolder(t, { files: { test: null } });
  const ended = await runCli(["bench", folder, ...few]);
  assert.equal(ended.code, 0, ended.all);
  assert.match(
    ended.stdout,
    /^hello: \d+ KiB[^\n]*\n\nGET \/\n {2}time +[\d.]+ µs median, [\d.]+ µs p99 of 50 exchanges\n {2}calls +\d/,
  );
  const filter = `import { Action, HttpFilter, RequestHeaders, registerHttpFilter } from "@meshwasm/sdk/assembly";
class Traps extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    unreachable();
    return Action.Continue;
  }
}
registerHttpFilter<Traps>("hello");
`;
  const trapping = await filterFolder(t, { files: { test: null, "assembly/index.ts": filter } });
  assertFailed(await runCli(["bench", trapping, ...few]), {
    code: 1,
    message: /GET \/: the filter died: .*unreachable/,
  });
});

test("what is no number is bad usage", async () => {
  assertFailed(await runCli(["bench", "--exchanges", "0"]), { code: 2, message: /no number from 1 to/ });
  assertFailed(await runCli(["bench", "--streams", "many"]), { code: 2, message: /no number from 0 to/ });
});
