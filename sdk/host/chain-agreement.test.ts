import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { httpMessage } from "./testing/agreement.js";
import {
  chainInEnvoy,
  chainInHost,
  chainPath,
  chainPlugin,
  tcpChainInEnvoy,
  tcpChainInHost,
} from "./testing/chain-agreement.js";
import { CHAIN_CASES } from "./testing/chain-cases.js";
import { findEnvoy, type RunningEnvoy, startEnvoy } from "./testing/envoy.js";
import { asRecorded, type Recorded, readRecorded, writeRecorded } from "./testing/recorded.js";
import { echoServer } from "./testing/tcp-agreement.js";
import { TCP_CHAIN_CASES } from "./testing/tcp-chain-cases.js";
import { type WireUpstream, wireUpstream } from "./testing/wire.js";

const table = "-chains";
const update = process.env.MESHWASM_UPDATE === "1";

if (!update)
  describe("a chain does what Envoy 1.40.0 was seen to do", () => {
    const recorded = readRecorded(table);

    CHAIN_CASES.forEach((test, index) => {
      it(test.name, () => assert.deepEqual(asRecorded(chainInHost(test, index)), recorded[test.name]));
    });
    TCP_CHAIN_CASES.forEach((test, index) => {
      it(`TCP: ${test.name}`, () =>
        assert.deepEqual(asRecorded(tcpChainInHost(test, index)), recorded[`TCP: ${test.name}`]));
    });
  });

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;
const recorded: Recorded = {};

// What Envoy says is checked against the file too, so that the tests which run without it stay true.
function check(key: string, envoy: unknown, host: unknown): void {
  recorded[key] = asRecorded(envoy);
  assert.deepEqual(host, envoy);
  if (!update)
    assert.deepEqual(readRecorded(table)[key], recorded[key], "testdata is old: MESHWASM_UPDATE=1 renews it");
}

after(() => {
  if (update) writeRecorded(recorded, table);
});

describe("a chain and the real Envoy agree on HTTP", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: WireUpstream;

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await wireUpstream((path) => {
      const test = CHAIN_CASES.find((_, index) => path === chainPath(index));
      return httpMessage(`HTTP/1.1 ${test?.response?.status ?? 200} OK`, test?.response ?? {});
    });
    const plugins = CHAIN_CASES.map((test, index) => chainPlugin(test, index));
    envoy = await startEnvoy(binary, plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  CHAIN_CASES.forEach((test, index) => {
    it(test.name, async () => {
      check(test.name, await chainInEnvoy(test, index, envoy, upstream), chainInHost(test, index));
    });
  });
});

describe("a chain and the real Envoy agree on TCP", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: Awaited<ReturnType<typeof echoServer>>;

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await echoServer();
    const plugins = TCP_CHAIN_CASES.map((test, index) => chainPlugin(test, index, "network"));
    envoy = await startEnvoy(binary, plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  TCP_CHAIN_CASES.forEach((test, index) => {
    it(test.name, async () => {
      check(`TCP: ${test.name}`, await tcpChainInEnvoy(test, index, envoy), tcpChainInHost(test, index));
    });
  });
});
