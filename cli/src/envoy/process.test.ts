import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { after, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { type EchoUpstream, startHttpEcho, startTcpEcho } from "../run/echo-upstream.js";
import { bootstrap } from "./bootstrap.js";
import { FilterFiles } from "./filter-files.js";
import { type RunningEnvoy, type StartEnvoyOptions, startEnvoy } from "./process.js";
import { envoyForTest, testFilter } from "./test-filter.js";

const upstreams: EchoUpstream[] = [];
after(() => Promise.all(upstreams.map((each) => each.close())));

async function upstream(kind: "http" | "tcp"): Promise<string> {
  const echo = await (kind === "http" ? startHttpEcho() : startTcpEcho());
  upstreams.push(echo);
  return echo.url;
}

async function started(t: TestContext, options: StartEnvoyOptions): Promise<RunningEnvoy> {
  const envoy = await startEnvoy(options);
  t.after(() => envoy.stop());
  return envoy;
}

function get(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => response.resume().once("end", () => resolve(response)))
      .once("error", reject)
      .end();
  });
}

const codeAndMessage = (code: string, message: RegExp) => (error: Error & { code?: string }) => {
  assert.equal(error.code, code, error.stack);
  assert.match(error.message, message);
  return true;
};

describe("an Envoy with an HTTP filter", () => {
  it("takes another module and another configuration on the same connection", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const logged: string[] = [];
    const wasm = testFilter({ header: "one", echoConfig: true, log: 'said "so"\ntwice: yes' });
    const envoy = await started(t, {
      wasm,
      upstream: await upstream("http"),
      envoy: binary,
      rootId: "my-root",
      pluginName: "my-plugin",
      config: '{"greeting":"hi"}',
      onLog: ({ level, message }) => logged.push(`${level} ${message}`),
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());

    const before = await get(envoy.url, agent);
    assert.equal(before.headers["x-test"], "one");
    assert.equal(before.headers["x-config"], '{"greeting":"hi"}');
    const firstSha = envoy.sha256;

    await envoy.update({ config: '{"greeting":"ho"}' });
    assert.equal((await get(envoy.url, agent)).headers["x-config"], '{"greeting":"ho"}');
    assert.equal(envoy.sha256, firstSha);

    await envoy.update({ wasm: testFilter({ header: "two" }) });
    const response = await get(envoy.url, agent);
    assert.equal(response.headers["x-test"], "two");
    assert.equal(response.headers["x-config"], undefined);
    assert.notEqual(envoy.sha256, firstSha);

    const stats = await envoy.stats("listener.");
    const accepted = Object.entries(stats).find(([name]) => name.endsWith("downstream_cx_total"))?.[1];
    assert.equal(accepted, 1, "all requests went over one connection");
    assert.deepEqual(new Set(logged), new Set(['warn said "so"\ntwice: yes']));
  });

  it("refuses a bad change with Envoy's reason, and goes on with what it had", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const good = testFilter({ header: "good", echoConfig: true });
    const envoy = await started(t, {
      wasm: good,
      upstream: await upstream("http"),
      envoy: binary,
      config: "kept",
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const bad = testFilter({ missingImport: "abort" });
    for (const _ of ["first", "again"]) {
      await assert.rejects(
        envoy.update({ wasm: bad }),
        codeAndMessage("ENVOY_FAILED", /missing import: env\.abort/),
      );
    }
    await assert.rejects(
      envoy.update({ wasm: testFilter({ refuse: "limit must be a number" }) }),
      codeAndMessage("ENVOY_FAILED", /configure.*; the filter logged: limit must be a number/),
    );
    await assert.rejects(
      envoy.update({ wasm: Buffer.from("no module") }),
      codeAndMessage("ENVOY_FAILED", /Wasm module/),
    );
    await envoy.update({ wasm: good });
    const response = await get(envoy.url, agent);
    assert.equal(response.headers["x-test"], "good");
    assert.equal(response.headers["x-config"], "kept");
    await envoy.update({ wasm: testFilter({ header: "better" }) });
    assert.equal((await get(envoy.url, agent)).headers["x-test"], "better");
  });

  it("fails to start with Envoy's reason, and leaves nothing behind", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    await assert.rejects(
      startEnvoy({
        wasm: testFilter({ missingImport: "abort" }),
        upstream: await upstream("http"),
        envoy: binary,
      }),
      codeAndMessage("ENVOY_FAILED", /missing import: env\.abort/),
    );
  });

  it("says that the port is in use", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const url = await upstream("http");
    const listen = { host: "127.0.0.1", port: Number(new URL(url).port) };
    await assert.rejects(
      startEnvoy({ wasm: testFilter(), upstream: url, envoy: binary, listen }),
      codeAndMessage("PORT_IN_USE", /127\.0\.0\.1:\d+ is in use/),
    );
  });

  it("stops at the signal, also while starting, and removes process and folder", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const options = { wasm: testFilter(), upstream: await upstream("http"), envoy: binary };
    const early = new AbortController();
    const starting = startEnvoy({ ...options, signal: early.signal });
    setTimeout(() => early.abort(), 30);
    await assert.rejects(starting, codeAndMessage("CANCELLED", /stopped/));

    const late = new AbortController();
    const envoy = await startEnvoy({ ...options, signal: late.signal });
    late.abort();
    await envoy.exited;
    await envoy.stop();
    await envoy.stop();
    assert.throws(() => process.kill(envoy.pid, 0), { code: "ESRCH" });
  });
});

describe("Envoy's own check of the bootstrap", () => {
  it("accepts a TLS upstream and further clusters", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const files = await FilterFiles.create();
    t.after(() => files.remove());
    await writeFile(files.extensionConfigPath, "{}");
    const caFile = await files.writeCertificateAuthorities();
    const upstream = { host: "example.test", port: 443, tls: true, rewriteHost: "example.test" };
    const clusters = [{ name: "auth", host: "127.0.0.1", port: 80, http2: true }];
    const listen = { host: "127.0.0.1", port: 0 };
    for (const kind of ["http", "network"] as const) {
      const { extensionConfigPath } = files;
      await files.writeBootstrap(
        bootstrap({ kind, listen, upstream, clusters, caFile, extensionConfigPath }),
      );
      const { stderr } = await promisify(execFile)(binary.path, [
        "--mode",
        "validate",
        "-c",
        files.bootstrapPath,
      ]);
      assert.doesNotMatch(stderr, /error|deprecated/i);
    }
  });
});

describe("an Envoy with a network filter", () => {
  it("gives new connections the new filter, and leaves open ones alone", async (t) => {
    const binary = await envoyForTest(t);
    if (!binary) return;
    const envoy = await started(t, {
      wasm: testFilter({ dropBytes: 1 }),
      kind: "network",
      upstream: await upstream("tcp"),
      envoy: binary,
    });
    const open = connect(envoy.listen.port, envoy.listen.host);
    t.after(() => open.destroy());
    assert.equal(await ask(open, "abc"), "bc");
    await envoy.update({ wasm: testFilter({ dropBytes: 2 }) });
    assert.equal(await ask(open, "def"), "ef", "the open connection keeps its filter");
    const fresh = connect(envoy.listen.port, envoy.listen.host);
    t.after(() => fresh.destroy());
    assert.equal(await ask(fresh, "abc"), "c");
    await assert.rejects(
      envoy.update({ wasm: testFilter({ missingImport: "abort" }) }),
      codeAndMessage("ENVOY_FAILED", /missing import: env\.abort/),
    );
    assert.equal(await ask(open, "ghi"), "hi");
  });
});

function ask(socket: ReturnType<typeof connect>, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (data) => resolve(data.toString()));
    socket.write(text);
  });
}
