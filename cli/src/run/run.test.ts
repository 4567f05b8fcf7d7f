import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyForTest, testFilter } from "../envoy/test-filter.js";
import type { EchoedRequest } from "./echo-upstream.js";
import type { EngineName } from "./engine.js";
import { type RunningFilter, type RunOptions, runFilter } from "./run.js";

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "meshwasm-run-"));
});
after(() => rm(dir, { recursive: true, force: true }));

interface Session extends RunningFilter {
  words: string[];
  url: string;
}

async function running(t: TestContext, options: Partial<RunOptions>): Promise<Session> {
  const words: string[] = [];
  const controller = new AbortController();
  const filter = await runFilter({
    signal: controller.signal,
    onLog: ({ level, message }) => words.push(`${level}: ${message}`),
    onInfo: (line) => words.push(line),
    onWarning: (line) => words.push(line),
    ...options,
  });
  t.after(() => {
    controller.abort();
    return filter.ended;
  });
  return { ...filter, words, url: `http://${filter.document.listen}` };
}

interface Answer {
  head: IncomingMessage;
  /** The client's port: the connection's name. */
  port: number | undefined;
  text: string;
}

function send(url: string, agent: Agent, body = "", method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method }, (head) => {
      let text = "";
      const port = head.socket.localPort;
      head.on("data", (chunk) => {
        text += chunk;
      });
      head.on("end", () => resolve({ head, port, text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

function talk(port: number, host: string): (text: string) => Promise<string> {
  const socket = connect(port, host);
  after(() => socket.destroy());
  return (text) =>
    new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("data", (data) => resolve(data.toString()));
      socket.write(text);
    });
}

async function until(what: () => Promise<boolean> | boolean, words: string[]): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await what()) return;
    await sleep(25);
  }
  assert.fail(`did not come to pass; said: ${words.join("\n")}`);
}

async function module(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(dir, name);
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
  return path;
}

for (const engine of ["envoy", "host"] as const satisfies EngineName[]) {
  const ready = async (t: TestContext) => engine === "host" || (await envoyForTest(t)) !== undefined;

  describe(`meshwasm run --engine ${engine}`, () => {
    it("puts an HTTP filter in front of the echo", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("http.wasm", testFilter({ header: "yes", log: "seen", echoConfig: true }));
      const config = join(dir, "config.yaml");
      await writeFile(config, "limit: 3\n");
      const { url, words, document, tryIt } = await running(t, { engine, path, config });
      const agent = new Agent({ keepAlive: true });
      t.after(() => agent.destroy());
      const { head, text } = await send(`${url}/some?path=1`, agent, "a body", "POST");
      assert.equal(head.statusCode, 200);
      assert.equal(head.headers["x-test"], "yes");
      assert.equal(head.headers["x-config"], '{"limit":3}');
      const echoed: EchoedRequest = JSON.parse(text);
      assert.deepEqual([echoed.method, echoed.path, echoed.body], ["POST", "/some?path=1", "a body"]);
      assert.equal(echoed.headers.host, document.listen);
      assert.match(String(echoed.headers["x-request-id"]), /^[0-9a-f-]{36}$/);
      assert.equal(echoed.headers["x-forwarded-proto"], "http");
      assert.equal((await send(url, agent, "", "HEAD")).text, "");
      await until(() => words.includes("warn: seen"), words);
      assert.equal(document.engine, engine);
      assert.equal(document.wasm, path);
      assert.match(document.sha256, /^[0-9a-f]{64}$/);
      assert.equal(document.pid !== undefined, engine === "envoy");
      assert.equal(tryIt, `curl -i ${url}/`);
    });

    it("puts a network filter in front of the echo", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("tcp.wasm", testFilter({ dropBytes: 2 }));
      const { document } = await running(t, { engine, path, kind: "network" });
      const [host = "", port] = document.listen.split(":");
      const ask = talk(Number(port), host);
      assert.equal(await ask("abc"), "c");
      assert.equal(await ask("defg"), "fg");
    });

    it("answers 503 when the upstream is not there", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("lonely.wasm", testFilter({ header: "still" }));
      const { url } = await running(t, { engine, path, upstream: "http://127.0.0.1:1" });
      const { head, text } = await send(url, new Agent());
      assert.equal(head.statusCode, 503);
      assert.equal(head.headers["x-test"], "still");
      assert.match(text, /^upstream connect error/);
    });

    it("answers 503 while the filter has crashed", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("trap.wasm", testFilter({ trap: true }));
      const { url, words } = await running(t, { engine, path });
      const agent = new Agent();
      assert.equal((await send(url, agent)).head.statusCode, 503);
      assert.equal((await send(url, agent)).head.statusCode, 503);
      if (engine === "host") assert.match(words.join("\n"), /proxy_on_response_headers failed.*unreachable/);
    });

    it("follows module and configuration on one connection, and keeps what ran when the new one is bad", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("watched.wasm", testFilter({ header: "1", echoConfig: true }));
      const config = join(dir, "watched.json");
      await writeFile(config, '{"n":1}');
      const { url, words } = await running(t, { engine, path, config, watch: true });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      t.after(() => agent.destroy());
      const seen = async () => {
        const { head, port } = await send(url, agent);
        return `${head.headers["x-test"]} ${head.headers["x-config"]} ${port}`;
      };
      const port = (await seen()).split(" ")[2];
      await writeFile(config, '{"n":2}');
      await until(async () => (await seen()) === `1 {"n":2} ${port}`, words);
      await module("watched.wasm", testFilter({ missingImport: "abort" }));
      await until(() => words.some((line) => /env\.abort[\s\S]*goes on/.test(line)), words);
      assert.equal(await seen(), `1 {"n":2} ${port}`);
      await writeFile(config, '{"n":');
      await until(() => words.some((line) => /watched\.json:1:/.test(line)), words);
      assert.equal(await seen(), `1 {"n":2} ${port}`);
      await writeFile(config, '{"n":3}');
      await module("watched.wasm", testFilter({ header: "2", echoConfig: true }));
      await until(async () => (await seen()) === `2 {"n":3} ${port}`, words);
    });

    it("says that the port is in use", async (t) => {
      if (!(await ready(t))) return;
      const path = await module("port.wasm", testFilter());
      const first = await running(t, { engine: "host", path });
      const options = { engine, path, listen: first.document.listen };
      await assert.rejects(running(t, options), { code: "PORT_IN_USE", exitCode: 2 });
    });
  });
}

describe("meshwasm run", () => {
  it("refuses bad input before it starts anything", async (t) => {
    const path = await module("fine.wasm", testFilter());
    const text = join(dir, "text.wasm");
    await writeFile(text, "text");
    const cases: [Partial<RunOptions>, string][] = [
      [{ path: join(dir, "absent") }, "FILE_NOT_FOUND"],
      [{ path: text }, "FILTER_INVALID"],
      [{ path, config: join(dir, "absent.json") }, "FILE_NOT_FOUND"],
      [{ path, listen: "nowhere" }, "USAGE"],
      [{ path, upstream: "http://host/path" }, "USAGE"],
      [{ path, cluster: ["auth"] }, "USAGE"],
      [{ path, cluster: ["=http://127.0.0.1:1"] }, "USAGE"],
      [{ path, cluster: ["auth=https://127.0.0.1:1"] }, "USAGE"],
      [{ path, cluster: ["auth=http://127.0.0.1:1/path"] }, "USAGE"],
      [{ path, mask: ["x"] }, "USAGE"],
      [{ path, record: text }, "FILE_EXISTS"],
      [{ path, signal: AbortSignal.abort() }, "CANCELLED"],
    ];
    for (const [options, code] of cases) {
      await assert.rejects(running(t, { engine: "host", ...options }), { code }, code);
    }
  });
});
