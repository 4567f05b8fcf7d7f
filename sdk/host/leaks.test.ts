import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Chain } from "./chain.js";
import type { FilterDriver } from "./driver.js";
import { MeshwasmError } from "./errors.js";
import { Host } from "./host.js";
import type { HostOptions } from "./options.js";
import { throwsCode } from "./testing/assertions.js";
import { type Probe, probeModule } from "./testing/probe.js";
import { wat } from "./testing/wat.js";
import { World } from "./world/world.js";

const hostOf = (probe: Probe, options: HostOptions = {}) => new Host(probeModule(probe), options);

function left(driver: FilterDriver): string[] {
  try {
    driver.assertNoLeaks();
  } catch (error) {
    assert.ok(error instanceof MeshwasmError && error.code === "LEAK", String(error));
    return error.message.split("\n  ").slice(1);
  }
  return [];
}

describe("what is left", () => {
  it("is nothing before the start, after whole exchanges and after the end", () => {
    const host = hostOf({ request_body: { returns: 1, returnsAtEnd: 0 } });
    assert.deepEqual(left(host), []);
    host.exchange({ method: "POST", body: ["a", "b"] }, { body: "x" });
    assert.deepEqual(left(host), []);
    host.close();
    host.assertNoLeaks();
  });

  it("names streams, who holds them, and what of them", () => {
    const host = hostOf({ request_headers: {}, request_body: { returns: 1 } });
    host.http().requestHeaders({ method: "POST", path: "/held" }, false).requestBody("twelve bytes");
    host.http().requestHeaders({ path: "/unanswered" });
    host.http().requestHeaders({ path: "/endless" }, false);
    const answering = host.http().requestHeaders({ path: "/answering" }).responseHeaders({}, false);
    assert.deepEqual(left(host), [
      "stream context 2: POST /held; 12 bytes of the request's body are held back; this filter has held it since proxy_on_request_body",
      "stream context 3: GET /unanswered; the upstream has not answered",
      "stream context 4: GET /endless; the client has not ended it",
      "stream context 5: GET /answering; the upstream has not ended its answer",
    ]);
    answering.disconnect();
    assert.equal(left(host).length, 3);
  });

  it("names connections", () => {
    const host = hostOf({ downstream_data: { returns: 1 } });
    host.connection({ send: "hello", finish: "open" });
    assert.deepEqual(left(host), [
      "connection context 2: open, from 127.0.0.1:40000; 5 bytes from the client are held back",
    ]);
  });

  it("names callouts, and the callback that made them", () => {
    const headers = [
      [":method", "GET"],
      [":path", "/check"],
      [":authority", "auth"],
    ] as const;
    const host = hostOf(
      {
        request_headers: { steps: [{ do: "httpCall", cluster: "auth", headers }] },
        configure: { steps: [{ do: "grpcStream", service: "grpc-users", method: "watch" }] },
      },
      { clusters: { auth: () => undefined, "grpc-users": { grpc: () => undefined } } },
    );
    const { callouts } = host.exchange();
    assert.deepEqual(left(host), [
      'HTTP call 4 to "auth" (GET /check), made in proxy_on_request_headers of context 2, has no answer',
      'gRPC stream 6 to "grpc-users" (test.Service/watch), made in proxy_on_configure of context 1, is open',
    ]);
    callouts[0]!.respond({ status: 200 });
    assert.equal(left(host).length, 1);
  });

  it("names queues and older configurations", () => {
    const host = hostOf(
      {
        configure: { steps: [{ do: "register", queue: "jobs" }] },
        request_headers: { steps: [{ do: "enqueue", value: "one" }], returns: 1 },
      },
      { vmId: "jobs" },
    );
    const stream = host.http().requestHeaders({ path: "/" });
    assert.equal(host.configure("two"), true);
    assert.deepEqual(left(host), [
      "root context 1: it has an older configuration; streams of it that are not over: 1",
      "stream context 2: GET /; this filter has held it since proxy_on_request_headers",
      'queue "jobs": nobody took 1 of its items',
    ]);
    stream.disconnect();
    assert.deepEqual(left(host), ['queue "jobs": nobody took 1 of its items']);
  });

  it("names a plugin that never says that it is done", () => {
    const host = hostOf({ done: { returns: 0 } }).start();
    host.close();
    assert.deepEqual(left(host), ["root context 1: it was shut down and has not called proxy_done"]);
  });

  it("names the filter of a chain", () => {
    const world = new World();
    const chain = new Chain([
      hostOf({ request_headers: {} }, { world, pluginName: "one" }),
      hostOf({ request_headers: { returns: 1 } }, { world, pluginName: "two" }),
    ]);
    chain.exchange();
    assert.deepEqual(left(chain), [
      "[one] stream context 2: GET /; another filter holds it",
      "[two] stream context 2: GET /; this filter has held it since proxy_on_request_headers",
    ]);
  });
});

describe("the guest's memory", () => {
  /** Takes memory for each stream, `bytes` of it, and never gives it back; `streams`: only for the first of them. */
  const losing = (bytes: number, streams = -1) =>
    wat(`(module
      (global $left (mut i32) (i32.const ${streams}))
      (memory (export "memory") 2)
      (global $heap (mut i32) (i32.const 1024))
      (func (export "proxy_abi_version_0_2_1"))
      (func $take (export "malloc") (param i32) (result i32)
        (global.set $heap (i32.add (global.get $heap) (local.get 0)))
        (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
          (then (drop (memory.grow (memory.size)))))
        (i32.sub (global.get $heap) (local.get 0)))
      (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (if (i32.eqz (global.get $left)) (then (return (i32.const 0))))
        (global.set $left (i32.sub (global.get $left) (i32.const 1)))
        (drop (call $take (i32.const ${bytes}))) (i32.const 0)))`);

  it("must not grow while something is repeated", () => {
    const host = new Host(losing(64), { transcript: false });
    throwsCode(
      () => host.assertNoLeaks(() => host.exchange()),
      "LEAK",
      /the guest's memory grew from 128 to 1024 KiB in 15000 rounds after 1000/,
    );
    const steady = new Host(losing(0), { transcript: false });
    steady.assertNoLeaks(() => steady.exchange());
    assert.equal(steady.memorySize, 131_072);
  });

  it("may grow once more after a while, as it does where a collector lets garbage lie", () => {
    const settling = new Host(losing(64, 2500), { transcript: false });
    settling.assertNoLeaks(() => settling.exchange());
    assert.equal(settling.memorySize, 262_144);
    const growing = new Host(losing(64, 5000), { transcript: false });
    throwsCode(() => growing.assertNoLeaks(() => growing.exchange()), "LEAK", /from 128 to 512 KiB/);
  });
});
