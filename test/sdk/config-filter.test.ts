import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Host } from "@meshwasm/sdk/host";
import { buildFilter } from "../../cli/src/build/build.js";
import { loadFilter } from "../../cli/src/filter/load.js";
import { filterFolder } from "./compile-snippet.js";
import { imports } from "./filters.js";

const source = `${imports}
import { Config, Mode } from "./config";
class Root extends RootContext {
  config: Config = new Config();
  onConfigure(configuration: PluginConfiguration): bool { return this.config.read(configuration); }
}
class Tested extends HttpFilter<Root> {
  onResponseHeaders(headers: ResponseHeaders, end: bool): Action {
    const config = this.root.config;
    const hosts = config.hosts;
    headers.set("x-mode", config.mode == Mode.Fast ? "fast" : "slow");
    headers.set("x-limit", config.limits.perSecond.toString());
    headers.set("x-hosts", hosts == null ? "none" : hosts.join("+"));
    headers.set("x-weight", config.weights.has("a") ? config.weights.get("a").toString() : "none");
    return Action.Continue;
  }
}
registerHttpFilter<Tested, Root>("tested");
`;

const schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    mode: { enum: ["fast", "slow"], default: "slow" },
    limits: {
      type: "object",
      default: {},
      properties: { perSecond: { type: "integer", minimum: 1, maximum: 1000, default: 10 } },
    },
    hosts: { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
    weights: { type: "object", additionalProperties: { type: "number" }, default: {} },
  },
};

let dir: string;
let host: Host;
before(async () => {
  dir = filterFolder(source, { extends: "@meshwasm/sdk/asconfig.json" });
  writeFileSync(join(dir, "filter.yaml"), "name: tested\nversion: 1.0.0\nkind: http\n");
  writeFileSync(join(dir, "config.schema.json"), JSON.stringify(schema));
  const { wasm } = await buildFilter(await loadFilter(dir), {});
  host = Host.fromFile(wasm, { rootId: "tested" }).start();
});
after(() => rmSync(dir, { recursive: true }));

const seen = () => {
  const { headers } = host.exchange().response;
  return ["mode", "limit", "hosts", "weight"].map((name) => headers.get(`x-${name}`)).join(" ");
};
const errors = () => host.logs.filter(({ level }) => level === "error").map(({ message }) => message);

test("without a configuration everything has its default", () => assert.equal(seen(), "slow 10 none none"));

test("a configuration that fits is taken", () => {
  assert.ok(
    host.configure({ mode: "fast", limits: { perSecond: 5 }, hosts: ["a", "b"], weights: { a: 1.5 } }),
  );
  assert.equal(seen(), "fast 5 a+b 1.5");
});

for (const [configuration, words] of [
  ['{"mode":"medium"}', "$.mode: must be one of fast, slow"],
  ['{"limits":{"perSecond":0}}', "$.limits.perSecond: must be at least 1"],
  ['{"limits":{"perSecond":1.5}}', "$.limits.perSecond: must be an integer"],
  ['{"limits":[]}', "$.limits: must be an object"],
  ['{"hosts":[]}', "$.hosts: must have at least 1 entries"],
  ['{"hosts":["a",""]}', "$.hosts[1]: must have at least 1 characters"],
  ['{"weights":{"a b":true}}', '$.weights["a b"]: must be a number'],
  ['{"hots":["a"]}', "$: 'hots' is not known"],
  ["[]", "$: must be an object"],
  ['{"mode":}', "line 1, column 9: expected a value"],
] as const) {
  test(`${configuration} is refused in one line, and the old one stays`, () => {
    const before = seen();
    const logged = errors().length;
    assert.equal(host.configure(configuration), false);
    assert.deepEqual(errors().slice(logged), [`configuration: ${words}`]);
    assert.equal(host.failure, undefined);
    assert.equal(seen(), before);
  });
}

test("plain asc builds it, and refuses a class that is older than its schema", async () => {
  const asc = fileURLToPath(new URL("../../node_modules/assemblyscript/bin/asc.js", import.meta.url));
  const run = () => promisify(execFile)(process.execPath, [asc, "--outFile", "plain.wasm"], { cwd: dir });
  await run();
  writeFileSync(join(dir, "config.schema.json"), JSON.stringify({ ...schema, title: "changed" }));
  await assert.rejects(run(), /made from another config\.schema\.json: run meshwasm generate/);
});
