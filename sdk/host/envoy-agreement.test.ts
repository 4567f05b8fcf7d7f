import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Host } from "./host.js";
import { ABI_MARKERS, envoyImports } from "./module/signatures.js";
import { caseId, casePlugin, httpMessage, inEnvoy, inHost } from "./testing/agreement.js";
import { AGREEMENT_CASES } from "./testing/agreement-cases.js";
import { findEnvoy, type RunningEnvoy, startEnvoy } from "./testing/envoy.js";
import { grpcServer } from "./testing/grpc-server.js";
import { probeModule } from "./testing/probe.js";
import { asRecorded, type Recorded, readRecorded, writeRecorded } from "./testing/recorded.js";
import { echoServer, TCP_CASES, tcpInEnvoy, tcpInHost } from "./testing/tcp-agreement.js";
import { wat } from "./testing/wat.js";
import { type WireUpstream, wireUpstream } from "./testing/wire.js";

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;
const update = process.env.MESHWASM_UPDATE === "1";
const recorded: Recorded = {};

function needed(): string {
  assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
  return binary;
}

// What Envoy says is checked against the file too, so that the tests which run without it stay true.
function check(key: string, envoy: unknown, host: unknown): void {
  recorded[key] = asRecorded(envoy);
  assert.deepEqual(host, envoy);
  if (!update)
    assert.deepEqual(readRecorded()[key], recorded[key], "testdata is old: MESHWASM_UPDATE=1 renews it");
}

describe("the host and the real Envoy agree on HTTP", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: WireUpstream;
  let auth: WireUpstream;
  let grpc: Awaited<ReturnType<typeof grpcServer>>;

  before(async () => {
    grpc = await grpcServer();
    auth = await wireUpstream((path) => {
      const [, id = ""] = /^\/case-(\d+)\//.exec(path) ?? [];
      const answer = AGREEMENT_CASES[Number(id)]?.callouts?.[path] ?? {};
      if (answer === "timeout") return undefined;
      if (answer === "reset") return { cutOff: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart" };
      return httpMessage(`HTTP/1.1 ${answer.status ?? 200} OK`, answer as Parameters<typeof httpMessage>[1]);
    });
    upstream = await wireUpstream((path) => {
      const test = AGREEMENT_CASES.find(
        ({ request }, index) => (request?.path ?? `/${caseId(index)}`) === path,
      );
      return httpMessage(`HTTP/1.1 ${test?.response?.status ?? 200} OK`, test?.response ?? {});
    });
    envoy = await startEnvoy(needed(), AGREEMENT_CASES.map(casePlugin), upstream.port, auth.port, grpc.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
    await auth?.close();
    await grpc?.close();
  });

  AGREEMENT_CASES.forEach((test, index) => {
    it(test.name, async () => {
      check(`http: ${test.name}`, await inEnvoy(test, index, envoy, upstream, auth), inHost(test, index));
    });
  });
});

describe("the host and the real Envoy agree on TCP", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: Awaited<ReturnType<typeof echoServer>>;

  before(async () => {
    upstream = await echoServer();
    const plugins = TCP_CASES.map(
      ({ probe }, index) => ({ name: caseId(index), kind: "network", wasm: probeModule(probe) }) as const,
    );
    envoy = await startEnvoy(needed(), plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
    if (update) writeRecorded(recorded);
  });

  TCP_CASES.forEach((test, index) => {
    it(test.name, async () => {
      check(`tcp: ${test.name}`, await tcpInEnvoy(test, index, envoy), tcpInHost(test));
    });
  });
});

describe("the host and the real Envoy agree on modules", { skip }, () => {
  it("every import that the host knows is one of Envoy's, with that signature, for each ABI", async () => {
    const plugins = [...ABI_MARKERS].map(([marker, abi], index) => {
      const wasm = wat(`(module
        ${envoyImports(abi).map(importText).join("\n")}
        (memory (export "memory") 1)
        (func (export "${marker}"))
        (func (export "malloc") (param i32) (result i32) (i32.const 8)))`);
      new Host(wasm).start();
      return { name: caseId(index), kind: "http", wasm } as const;
    });
    const envoy = await startEnvoy(needed(), plugins, 1);
    await envoy.stop();
  });

  it("an import that Envoy lacks is refused with the same words", async () => {
    const wasm = wat(`(module (import "env" "abort" (func (param i32 i32 i32 i32)))
      (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 8)))`);
    const message = /Failed to load Wasm module due to a missing import: env\.abort/;
    assert.throws(() => new Host(wasm), message);
    await assert.rejects(startEnvoy(needed(), [{ name: "missing", kind: "http", wasm }], 1), message);
  });

  it("Envoy starts a plugin in a VM of each worker and in others before, the host in one", async () => {
    const wasm = probeModule({ vm_start: {}, configure: {} });
    const starts = (messages: readonly string[]) =>
      ["vm_start()", "configure()"].map((said) => messages.filter((line) => line.endsWith(said)).length);
    assert.deepEqual(starts(new Host(wasm).start().logs.map(({ message }) => message)), [1, 1]);
    for (const workers of [1, 3]) {
      const plugin = { name: "started", kind: "http", wasm } as const;
      const envoy = await startEnvoy(needed(), [plugin], 1, 1, 1, workers);
      // One to try the module, and one on the main thread.
      const expected = [workers + 2, workers + 2];
      const seen = () => starts(envoy.log().split("\n"));
      try {
        for (let tries = 0; tries < 400 && seen()[1]! < expected[1]!; tries++)
          await new Promise((later) => setTimeout(later, 25));
        assert.deepEqual(seen(), expected);
      } finally {
        await envoy.stop();
      }
    }
  });
});

const TYPES: Readonly<Record<string, string>> = { i: "i32", I: "i64" };

function importText({ module, name, signature }: ReturnType<typeof envoyImports>[number]): string {
  const [params = "", results = ""] = signature
    .split(">")
    .map((types) => [...types].map((type) => TYPES[type]).join(" "));
  const clause = (word: string, types: string) => (types === "" ? "" : `(${word} ${types})`);
  return `(import "${module}" "${name}" (func ${clause("param", params)} ${clause("result", results)}))`;
}
