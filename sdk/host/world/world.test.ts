import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { messages } from "../testing/assertions.js";
import { type Probe, probeModule } from "../testing/probe.js";
import { World } from "./world.js";

const member = (world: World, probe: Probe, vmId = "one") => new Host(probeModule(probe), { world, vmId });
const write = (value: string): Probe => ({
  request_headers: { steps: [{ do: "setShared", key: "k", value, cas: 0 }] },
});
const READ: Probe = { request_headers: { steps: [{ do: "getShared", key: "k" }] } };
const said = (host: Host) => messages(host.exchange().logs).slice(1);

describe("a world of several hosts", () => {
  it("shares data by vmId, and one compare-and-swap number", () => {
    const world = new World();
    said(member(world, write("of one")));
    said(member(world, write("of two"), "two"));
    assert.deepEqual(said(member(world, READ)), ["getShared=0:of one"]);
    assert.deepEqual(said(member(world, READ, "two")), ["getShared=0:of two"]);
    assert.deepEqual(said(member(world, READ, "three")), ["getShared=1"]);
    assert.deepEqual([...world.sharedDataOf("one")], [["k", "of one"]]);
    assert.equal(world.sharedDataOf("three").size, 0);
    const third: Probe = { request_headers: { steps: [{ do: "setShared", key: "k", value: "x", cas: 2 }] } };
    assert.deepEqual(said(member(world, third, "one")), ["setShared=8"]);
    assert.deepEqual(said(member(world, third, "two")), ["setShared=0"]);
  });

  it("forgets the data and queues of a vmId with its last VM", () => {
    const world = new World();
    const hosts = [member(world, write("v")), member(world, READ)];
    for (const host of hosts) said(host);
    hosts[0]!.close();
    assert.equal(world.sharedDataOf("one").size, 1);
    hosts[1]!.close();
    assert.equal(world.sharedDataOf("one").size, 0);
  });

  it("is a host's own unless it is given", () => {
    said(new Host(probeModule(write("v"))));
    assert.deepEqual(said(new Host(probeModule(READ))), ["getShared=1"]);
  });

  it("tells the last who registered a queue, after the callback", () => {
    const world = new World();
    const consumer: Probe = {
      configure: { steps: [{ do: "register", queue: "jobs" }] },
      queue_ready: { steps: [{ do: "dequeue" }, { do: "dequeue" }] },
    };
    const [first, last] = [member(world, consumer).start(), member(world, consumer).start()];
    const producer = member(
      world,
      {
        request_headers: {
          steps: [
            { do: "resolve", queue: "jobs" },
            { do: "resolve", queue: "jobs", vmId: "one" },
            { do: "enqueue", token: 1, value: "job" },
            { do: "log", message: "sent" },
          ],
        },
      },
      "two",
    );
    const order: string[] = [];
    assert.deepEqual(said(producer), ["resolve jobs=1", "resolve jobs=0:0", "enqueue=0", "sent"]);
    order.push(...messages(last.logs).slice(2));
    assert.deepEqual(order, ["queue_ready()", "dequeue=0:job", "dequeue=7"]);
    assert.equal(first.logs.length, 2);
    assert.equal(world.enqueue("jobs", "by hand", "one"), true);
    assert.equal(world.enqueue("jobs", "nowhere", "two"), false);
    assert.deepEqual(messages(last.logs).slice(5), ["queue_ready()", "dequeue=0:by hand", "dequeue=7"]);
    assert.deepEqual(world.queue("jobs", "one"), []);
    assert.equal(world.queue("jobs"), undefined);
  });

  it("has one time and one set of metrics", () => {
    const world = new World({ now: 0 });
    const ticking: Probe = {
      configure: {
        steps: [
          { do: "tick", period: 10 },
          { do: "define", type: 0, name: "ticks" },
        ],
      },
      tick: { steps: [{ do: "increment", id: 4, by: 1 }] },
    };
    const hosts = [member(world, ticking).start(), member(world, ticking).start()];
    world.advance(10);
    hosts[1]!.advance(10);
    assert.equal(hosts[0]!.counter("ticks"), 4n);
    assert.equal(hosts[1]!.counter("ticks"), 4n);
  });
});
