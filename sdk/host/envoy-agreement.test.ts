import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { caseId, casePlugin, httpMessage, inEnvoy, inHost } from "./testing/agreement.js";
import { AGREEMENT_CASES } from "./testing/agreement-cases.js";
import { findEnvoy, type RunningEnvoy, startEnvoy } from "./testing/envoy.js";
import { probeModule } from "./testing/probe.js";
import { echoServer, TCP_CASES, tcpInEnvoy, tcpInHost } from "./testing/tcp-agreement.js";
import { type WireUpstream, wireUpstream } from "./testing/wire.js";

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;

describe("the host and the real Envoy agree", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: WireUpstream;

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await wireUpstream((path) => {
      const test = AGREEMENT_CASES.find(
        ({ request }, index) => (request?.path ?? `/${caseId(index)}`) === path,
      );
      return httpMessage(`HTTP/1.1 ${test?.response?.status ?? 200} OK`, test?.response ?? {});
    });
    envoy = await startEnvoy(binary, AGREEMENT_CASES.map(casePlugin), upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  AGREEMENT_CASES.forEach((test, index) => {
    it(test.name, async () => {
      assert.deepEqual(inHost(test, index), await inEnvoy(test, index, envoy, upstream));
    });
  });
});

describe("the host and the real Envoy agree on TCP", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: Awaited<ReturnType<typeof echoServer>>;

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await echoServer();
    const plugins = TCP_CASES.map(
      ({ probe }, index) => ({ name: caseId(index), kind: "network", wasm: probeModule(probe) }) as const,
    );
    envoy = await startEnvoy(binary, plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  TCP_CASES.forEach((test, index) => {
    it(test.name, async () => {
      assert.deepEqual(tcpInHost(test), await tcpInEnvoy(test, index, envoy));
    });
  });
});
