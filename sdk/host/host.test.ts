import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "./host.js";
import { BufferType } from "./status.js";
import { messages, throwsCode } from "./testing/assertions.js";
import { probeModule } from "./testing/probe.js";
import { wat } from "./testing/wat.js";

describe("starting", () => {
  it("creates the root, starts the VM and configures, each seeing its own configuration", () => {
    const host = new Host(
      probeModule({
        context_create: { steps: [{ do: "body", buffer: BufferType.PluginConfiguration }] },
        vm_start: {
          steps: [
            { do: "body", buffer: BufferType.VmConfiguration },
            { do: "body", buffer: BufferType.PluginConfiguration },
          ],
        },
        configure: { steps: [{ do: "body", buffer: BufferType.PluginConfiguration }] },
      }),
      { pluginConfig: { a: 1 }, vmConfig: "vm" },
    );
    assert.deepEqual(messages(host.start().logs), [
      "context_create()",
      'body 7=0:{"a":1}',
      "vm_start()",
      "body 6=0:vm",
      "body 7=1",
      "configure()",
      'body 7=0:{"a":1}',
    ]);
    assert.deepEqual(
      host.calls
        .filter((call) => call.kind === "callback")
        .map((call) => [call.name, ...call.args, call.result]),
      [
        ["proxy_on_context_create", 1, 0, undefined],
        ["proxy_on_vm_start", 1, 2, 1],
        ["proxy_on_configure", 1, 7, 1],
      ],
    );
  });

  it("fails when the module refuses, and the error carries what it logged", () => {
    throwsCode(
      () => new Host(probeModule({ vm_start: { returns: 0 } })).start(),
      "START_FAILED",
      /vm_start\(\)/,
    );
    const refusing = probeModule({ configure: { steps: [{ do: "log", message: "bad key" }], returns: 0 } });
    throwsCode(() => new Host(refusing).exchange(), "CONFIGURE_FAILED", /\[info\] bad key/);
  });

  it("fails with TRAP when the module traps", () => {
    throwsCode(
      () => new Host(probeModule({ configure: { steps: [{ do: "trap" }] } })).start(),
      "TRAP",
      /unreachable/,
    );
  });

  it("lets _initialize log and nothing else", () => {
    const module = (call: string) =>
      wat(`(module
        (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
        (import "env" "proxy_define_metric" (func $metric (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 0) "early")
        (func (export "proxy_abi_version_0_2_0"))
        (func (export "malloc") (param i32) (result i32) (i32.const 8))
        (func (export "_initialize") (drop ${call})))`);
    const logging = new Host(module("(call $log (i32.const 2) (i32.const 0) (i32.const 5))")).start();
    assert.deepEqual(logging.logs, [{ level: "info", message: "early", contextId: 0 }]);
    const defining = new Host(
      module("(call $metric (i32.const 0) (i32.const 0) (i32.const 5) (i32.const 8))"),
    );
    throwsCode(() => defining.start(), "TRAP", /_initialize failed: Uncaught restricted_callback/);
  });

  it("refuses options that make no sense", () => {
    throwsCode(() => new Host(probeModule({}), { logLevel: "loud" as "info" }), "USAGE", /loud/);
    throwsCode(() => new Host(probeModule({})).exchange({ headers: { a: "b\r\nc: d" } }), "USAGE");
  });

  it("prefers malloc over proxy_on_memory_allocate", () => {
    const module = wat(`(module
      (import "env" "proxy_get_property" (func $get (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 64) "plugin_name")
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 1024))
      (func (export "proxy_on_memory_allocate") (param i32) (result i32) unreachable)
      (func (export "proxy_on_configure") (param i32 i32) (result i32)
        (drop (call $get (i32.const 64) (i32.const 11) (i32.const 0) (i32.const 4)))
        (i32.eq (i32.load (i32.const 0)) (i32.const 1024))))`);
    new Host(module, { pluginName: "p" }).start();
  });
});

describe("ABI 0.1.0", () => {
  it("gives no end of stream with headers, and an empty value for a missing header", () => {
    const host = new Host(
      wat(`(module
        (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 64) "x-none")
        (func (export "proxy_abi_version_0_1_0"))
        (func (export "malloc") (param i32) (result i32) (i32.const 1024))
        (func (export "proxy_on_request_headers") (param i32 i32) (result i32)
          (drop (call $get (i32.const 0) (i32.const 64) (i32.const 6) (i32.const 0) (i32.const 4)))
          (i32.const 0)))`),
    );
    const { calls } = host.exchange();
    assert.deepEqual(
      calls.map(({ name, args, result }) => [name, args.length, result]),
      [
        ["proxy_on_request_headers", 2, 0],
        ["proxy_get_header_map_value", 2, 0],
      ],
    );
  });
});

describe("logging", () => {
  it("drops what is below the level, and tells the guest the level", () => {
    const probe = probeModule({
      request_headers: { steps: [{ do: "log", message: "quiet", level: 0 }, { do: "logLevel" }] },
    });
    assert.deepEqual(messages(new Host(probe).exchange().logs), ["request_headers(,end=1)", "logLevel=0:2"]);
    const loud: string[] = [];
    new Host(probe, {
      logLevel: "trace",
      onLog: (entry) => loud.push(`${entry.level} ${entry.message}`),
    }).exchange();
    assert.deepEqual(loud, ["info request_headers(,end=1)", "trace quiet", "info logLevel=0:0"]);
  });

  it("keeps memory flat", () => {
    const host = new Host(probeModule({ request_headers: {} }), { keep: 10 });
    for (let round = 0; round < 100; round++) host.exchange();
    assert.ok(host.logs.length <= 20 && host.logs.length >= 10);
  });
});

describe("time", () => {
  it("stands still, and ticks fire as it advances", () => {
    const host = new Host(
      probeModule({ configure: { steps: [{ do: "tick", period: 10 }] }, tick: { steps: [{ do: "time" }] } }),
      { now: 1_700_000_000_000 },
    ).start();
    host.advance(35);
    const times = host.calls.filter((call) => call.name === "proxy_get_current_time_nanoseconds");
    assert.deepEqual(
      times.map((call) => (call.kind === "hostcall" ? call.output : undefined)),
      [10n, 20n, 30n].map((ms) => (1_700_000_000_000n + ms) * 1_000_000n),
    );
  });

  it("a tick that sets its period again is armed once", () => {
    const host = new Host(
      probeModule({
        configure: { steps: [{ do: "tick", period: 10 }] },
        tick: { steps: [{ do: "tick", period: 20 }] },
      }),
    ).start();
    host.advance(100);
    assert.equal(host.calls.filter((call) => call.name === "proxy_on_tick").length, 5);
  });
});

describe("metrics", () => {
  it("can be read by name", () => {
    const host = new Host(
      probeModule({
        configure: {
          steps: [
            { do: "define", type: 0, name: "hits" },
            { do: "define", type: 2, name: "sizes" },
          ],
        },
        request_headers: {
          steps: [
            { do: "increment", id: 4, by: 2 },
            { do: "record", id: 6, by: 9 },
          ],
        },
      }),
    );
    host.exchange();
    host.exchange();
    assert.equal(host.counter("hits"), 4n);
    assert.equal(host.counter("sizes"), undefined);
    assert.deepEqual(host.metrics.get("sizes"), { type: "histogram", value: 9n, samples: [9n, 9n] });
  });
});

describe("configuration and shutdown", () => {
  const probe = probeModule({
    context_create: {},
    vm_start: {},
    configure: { steps: [{ do: "body", buffer: BufferType.PluginConfiguration }] },
    done: {},
    delete: {},
  });

  it("a new configuration gets a new root context in the same VM, and the old one goes", () => {
    const host = new Host(probe, { pluginConfig: "one" }).start();
    assert.equal(host.configure("two"), true);
    assert.deepEqual(host.logs.map((entry) => `${entry.contextId} ${entry.message}`).slice(4), [
      "2 context_create()",
      "2 vm_start()",
      "2 configure()",
      "2 body 7=0:two",
      "1 done()",
      "1 delete()",
    ]);
  });

  it("waits with the old root for its last stream", () => {
    const host = new Host(probe).start();
    const stream = host.http().requestHeaders();
    host.configure("two");
    assert.ok(!messages(host.logs).includes("delete()"));
    stream.responseHeaders();
    assert.equal(messages(host.logs).filter((message) => message === "delete()").length, 2);
  });

  it("a refused configuration changes nothing", () => {
    const picky = wat(`(module (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 8))
      (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.eqz (local.get 1))))`);
    const host = new Host(picky).start();
    assert.equal(host.configure("anything"), false);
    assert.equal(host.exchange().response.status, 200);
    assert.deepEqual(host.contextIds, [0, 1]);
  });

  it("close waits for proxy_done when proxy_on_done says so", () => {
    const host = new Host(
      probeModule({
        configure: { steps: [{ do: "done" }] },
        done: { returns: 0 },
        delete: {},
      }),
    ).start();
    assert.deepEqual(messages(host.logs), ["configure()", "done=1"]);
    host.close();
    host.close();
    assert.deepEqual(messages(host.logs).slice(2), ["done()"]);
  });
});

describe("WASI", () => {
  it("gives the environment, and turns output into log lines", () => {
    const host = new Host(
      probeModule({
        configure: {
          steps: [
            { do: "print", fd: 1, text: "out\n" },
            { do: "print", fd: 2, text: "err" },
            { do: "print", fd: 3, text: "nowhere" },
          ],
        },
      }),
      { environment: { A: "1" } },
    ).start();
    assert.deepEqual(host.logs.slice(1), [
      { level: "info", message: "out", contextId: 1 },
      { level: "error", message: "err", contextId: 1 },
    ]);
  });
});

describe("properties", () => {
  it("can be given by the test", () => {
    const host = new Host(
      probeModule({
        request_headers: {
          steps: [
            { do: "property", path: ["node", "id"] },
            { do: "property", path: ["cluster_name"] },
          ],
        },
      }),
      { properties: { "node.id": "n1" } },
    );
    assert.deepEqual(messages(host.exchange().logs).slice(1), ["node.id=0:n1", "cluster_name=1"]);
  });
});
