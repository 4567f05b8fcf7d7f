import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Host } from "./host.js";
import { findEnvoy, type RunningEnvoy, startEnvoy } from "./testing/envoy.js";
import { wat } from "./testing/wat.js";
import { type WireUpstream, wireUpstream } from "./testing/wire.js";

/** Each VM traps on its second stream, in the phase that is named; and counts its streams in `x-stream`. */
const module = (phase: "request_headers" | "response_headers") =>
  wat(`(module
    (memory (export "memory") 1)
    (global $streams (mut i32) (i32.const 0))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "malloc") (param i32) (result i32) (i32.const 1024))
    (func (export "proxy_on_${phase}") (param i32 i32 i32) (result i32)
      (global.set $streams (i32.add (global.get $streams) (i32.const 1)))
      (if (i32.eq (global.get $streams) (i32.const 2)) (then unreachable))
      (i32.const 0)))`);

/** The shortest time between two VMs, for sure over, or the next request at once. */
const baseMs = 1000;
const wait = "wait";
type Step = "request" | typeof wait;

interface Row {
  policy: "FailReload" | "FailClosed" | "FailOpen";
  phase: "request_headers" | "response_headers";
  steps: Step[];
  /** What each request gets. */
  statuses: number[];
}

const request = "request";
const rows: Row[] = (["request_headers", "response_headers"] as const).flatMap((phase): Row[] => [
  { policy: "FailClosed", phase, steps: [request, request, wait, request], statuses: [200, 503, 503] },
  // The request that trapped fails; later ones go past the filter.
  { policy: "FailOpen", phase, steps: [request, request, request, request], statuses: [200, 503, 200, 200] },
  // A new VM comes with the next request, but no sooner than the interval after the last one came.
  {
    policy: "FailReload",
    phase,
    steps: [wait, request, request, request, request, request, wait, request, request],
    statuses: [200, 503, 200, 503, 503, 200, 503],
  },
]);

const title = ({ policy, phase }: Row) => `${policy}, a trap in ${phase}`;
const envoyName = { FailReload: "FAIL_RELOAD", FailClosed: "FAIL_CLOSED", FailOpen: "FAIL_OPEN" } as const;

describe("a VM that died, in the host", () => {
  for (const row of rows) {
    it(title(row), () => {
      const host = new Host(module(row.phase), { failurePolicy: row.policy, reloadIntervalMs: baseMs });
      host.start();
      const statuses: number[] = [];
      for (const step of row.steps) {
        if (step === wait) host.advance(baseMs);
        else statuses.push(host.exchange().response.status);
      }
      assert.deepEqual(statuses, row.statuses);
    });
  }

  it("counts what became of the attempts, and is alive again", () => {
    const host = new Host(module("request_headers"), { failurePolicy: "FailReload", reloadIntervalMs: 100 });
    for (let i = 0; i < 3; i++) host.exchange();
    assert.equal(host.failure?.code, "TRAP");
    assert.deepEqual(host.reloads, { success: 0, backoff: 1, failure: 0 });
    host.advance(100).exchange();
    assert.equal(host.failure, undefined);
    assert.deepEqual(host.reloads, { success: 1, backoff: 1, failure: 0 });
  });
});

const binary = findEnvoy();
const skip =
  binary === undefined && process.env.CI !== "true" ? "no Envoy: set ENVOY_BIN, or npm run setup" : false;

describe("a VM that died, in Envoy", { skip }, () => {
  let envoy: RunningEnvoy;
  let upstream: WireUpstream;

  before(async () => {
    assert.ok(binary !== undefined, "CI=true needs an Envoy: set ENVOY_BIN, or npm run setup");
    upstream = await wireUpstream(() => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    const plugins = rows.map(({ policy, phase }, index) => ({
      name: `row-${index}`,
      kind: "http" as const,
      wasm: module(phase),
      failurePolicy: envoyName[policy],
      ...(policy === "FailReload" && { reloadBaseMs: baseMs }),
    }));
    envoy = await startEnvoy(binary, plugins, upstream.port);
  });

  after(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  rows.forEach((row, index) => {
    it(title(row), async () => {
      const statuses: number[] = [];
      for (const step of row.steps) {
        // Envoy's jitter makes the interval up to half as long again.
        if (step === wait) await new Promise((later) => setTimeout(later, 1.6 * baseMs));
        else statuses.push((await fetch(`http://127.0.0.1:${envoy.ports[index]}/`)).status);
      }
      assert.deepEqual(statuses, row.statuses);
    });
  });
});
