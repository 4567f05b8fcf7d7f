import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadCases } from "../cases/load-cases.js";
import { testFilter } from "../envoy/test-filter.js";
import { maskedNames } from "./masked-names.js";
import { type RecordedExchange, recordedBodyLimit } from "./recorded.js";
import { Recorder } from "./recorder.js";

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "meshwasm-recorder-"));
});
after(() => rm(root, { recursive: true, force: true }));

const filter = { wasm: testFilter({ header: "yes", echoConfig: true }), config: '{"a": 1}' };

/** What the test filter does to an exchange. */
function exchange(path: string, body = ""): RecordedExchange {
  const request = {
    ...{ method: "GET", path, authority: "a", scheme: "http" },
    ...{ headers: [], body: body ? [Buffer.from(body)] : [], trailers: [] },
  };
  const upstream = { status: 200, headers: [] as [string, string][], body: [], trailers: [] };
  const response = {
    ...upstream,
    headers: [
      ["x-test", "yes"],
      ["x-config", '{"a": 1}'],
    ] as [string, string][],
  };
  return { request, forwarded: request, upstream, response, local: false, callouts: [], began: 0, millis: 1 };
}

async function record(name: string, exchanges: readonly RecordedExchange[]) {
  const dir = join(root, name);
  const said: string[] = [];
  const recorder = await Recorder.open({
    ...{ dir, mask: maskedNames(), rootId: "", pluginName: "p", engine: "host" },
    onInfo: () => {},
    onWarning: (line) => said.push(line),
  });
  for (const each of exchanges) recorder.add(each, filter);
  await recorder.drained();
  return { dir, said, names: (await readdir(dir)).sort(), written: recorder.written };
}

describe("Recorder", () => {
  it("writes files that are cases, under names that every file system takes", async () => {
    const { dir, names, said } = await record("names", [
      exchange("/"),
      exchange(`/ü/../..\\${"x".repeat(300)}?q#`),
    ]);
    assert.deepEqual(said, []);
    assert.deepEqual(names, ["0001-get.yaml", `0002-get-${"x".repeat(56)}.yaml`]);
    for (const name of names) {
      const { cases, config } = await loadCases(join(dir, name), name);
      assert.equal(cases.length, 1);
      // As text: the filter gets it as it was written.
      assert.equal(config, '{"a": 1}');
    }
  });

  it("says what it does not record, and why", async () => {
    const other = exchange("/other?token=1");
    if (other.response) other.response.status = 201;
    const { names, said } = await record("skips", [
      exchange("/large", "x".repeat(recordedBodyLimit + 1)),
      other,
    ]);
    assert.deepEqual(names, []);
    assert.deepEqual(said, [
      "not recorded: GET /large: a body has more than 256 KiB",
      'not recorded: GET /other: replayed later, with its secrets masked, it ends otherwise (response.status should be "201", is "200")',
    ]);
  });

  it("leaves out what is not the same again, and says so in the file", async () => {
    const random = exchange("/random");
    random.response?.headers.push(["x-random", "17"]);
    const { dir, names, said } = await record("random", [random]);
    const text = await readFile(join(dir, names[0] as string), "utf8");
    assert.match(text, /^# Not the same when replayed, and so not expected: response\.headers\.x-random\.$/m);
    assert.doesNotMatch(text, /^ +x-random/m);
    assert.equal(said.length, 1);
  });

  it("refuses a folder that cannot be one", async () => {
    await writeFile(join(root, "file"), "");
    await assert.rejects(record("file", []), { code: "FILE_EXISTS" });
  });
});
