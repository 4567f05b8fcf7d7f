import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Chain } from "./chain.js";
import { Host } from "./host.js";
import { BufferType } from "./status.js";
import { messages, throwsCode } from "./testing/assertions.js";
import { probeModule } from "./testing/probe.js";
import { wat } from "./testing/wat.js";

describe("several plugins in one VM", () => {
  it("have a root context and a configuration each, and what is the VM's in common", () => {
    const host = new Host(
      probeModule({
        configure: { steps: [{ do: "body", buffer: BufferType.PluginConfiguration }] },
        request_headers: {},
      }),
      { pluginName: "one", pluginConfig: "1", vmId: "shared" },
    );
    const other = host.plugin({ pluginName: "two", pluginConfig: "2" });
    assert.equal(other.pluginName, "two");
    const exchange = new Chain([host, other]).exchange();
    assert.deepEqual(messages(host.logs).slice(0, 4), [
      "configure()",
      "body 7=0:1",
      "configure()",
      "body 7=0:2",
    ]);
    assert.deepEqual(
      exchange.calls
        .filter(({ kind }) => kind === "callback")
        .map(({ filter, contextId }) => [filter, contextId]),
      [
        ["one", 3],
        ["two", 4],
      ],
    );
    assert.deepEqual(other.contextIds, [0, 1, 2]);
    assert.equal(other.logs, host.logs);
  });

  it("start with the first, and fail by themselves", () => {
    const picky = wat(`(module (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 8))
      (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.eqz (local.get 1))))`);
    const host = new Host(picky);
    throwsCode(() => host.plugin({ pluginConfig: "no" }).start(), "CONFIGURE_FAILED");
    assert.equal(host.exchange().response.status, 200);
  });

  it("are configured and shut down by themselves", () => {
    const host = new Host(
      probeModule({
        configure: { steps: [{ do: "body", buffer: BufferType.PluginConfiguration }] },
        done: { returns: 0 },
        tick: { steps: [{ do: "done" }] },
        delete: {},
      }),
    );
    const other = host.plugin().start();
    assert.equal(other.configure("new"), true);
    assert.match(messages(host.logs).join(" "), /body 7=0:new done\(\)$/);
    assert.deepEqual(host.leaks, []);
    assert.deepEqual(other.leaks, ["root context 2: it was shut down and has not called proxy_done"]);
    other.close();
    assert.equal(other.leaks.length, 2);
    assert.equal(host.exchange().response.status, 200);
  });

  it("die together, and come back together", () => {
    const module = wat(`(module (memory (export "memory") 1)
      (global $streams (mut i32) (i32.const 0))
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 8))
      (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (global.set $streams (i32.add (global.get $streams) (i32.const 1)))
        (if (i32.eq (global.get $streams) (i32.const 2)) (then unreachable))
        (i32.const 0)))`);
    const host = new Host(module, { failurePolicy: "FailReload", reloadIntervalMs: 100 });
    const other = host.plugin();
    const statuses = () => [host, other].map((each) => each.exchange().response.status);
    host.advance(100);
    assert.deepEqual(statuses(), [200, 503]);
    assert.equal(host.failure?.code, "TRAP");
    host.advance(100);
    assert.equal(other.exchange().response.status, 200);
    assert.equal(host.failure, undefined);
    assert.deepEqual(host.reloads, { success: 1, backoff: 0, failure: 0 });
  });
});
