import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import type { HostOptions } from "../options.js";
import { messages } from "../testing/assertions.js";
import { probeModule } from "../testing/probe.js";
import { decodeProtobuf, encodeProtobuf, numberField, textField } from "./protobuf.js";

const ask = (
  name: string,
  argument: string | Uint8Array,
  foreignFunctions: HostOptions["foreignFunctions"] = {},
) => {
  const steps = [{ do: "foreign", name, argument: Buffer.from(argument) } as const];
  return new Host(probeModule({ request_headers: { steps } }), { foreignFunctions }).exchange();
};

describe("foreign functions", () => {
  it("can be the test's own, with bytes or a status", () => {
    const own = {
      shout: (argument: Uint8Array) => Buffer.from(argument).toString("utf8").toUpperCase(),
      refuse: () => 2,
      nothing: () => undefined,
      compress: () => "mine",
    };
    const said = (name: string) => messages(ask(name, "hey", own).logs)[1];
    assert.equal(said("shout"), "foreign shout=0:HEY");
    assert.equal(said("refuse"), "foreign refuse=2");
    assert.equal(said("nothing"), "foreign nothing=0:");
    assert.equal(said("compress"), "foreign compress=0:mine");
    assert.equal(said("unknown"), "foreign unknown=1");
  });

  it("show the filter state that was set", () => {
    const argument = encodeProtobuf([
      [1, "envoy.tcp_proxy.cluster"],
      [2, "blue"],
    ]);
    assert.deepEqual(
      [...ask("set_envoy_filter_state", argument).filterState],
      [["envoy.tcp_proxy.cluster", "blue"]],
    );
  });

  it("do not unpack without end", () => {
    assert.equal(messages(ask("uncompress", Buffer.alloc(100)).logs)[1], "foreign uncompress=3");
  });
});

describe("protobuf", () => {
  it("reads what it wrote", () => {
    const fields = decodeProtobuf(
      encodeProtobuf([
        [1, "x".repeat(300)],
        [2, true],
        [3, false],
      ]),
    )!;
    assert.deepEqual([textField(fields, 1).length, numberField(fields, 2), fields.has(3)], [300, 1, false]);
  });

  it("refuses what is malformed, and never throws", () => {
    for (const bytes of [
      [0x0a],
      [0x0a, 5, 1],
      [0x08, 0xff],
      [0x00, 1],
      [0x0b],
      [0x0d, 1, 2],
      [...Array(20).fill(0xff)],
    ])
      assert.equal(decodeProtobuf(Buffer.from(bytes)), undefined, String(bytes));
    let seed = 1;
    const next = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed >> 16;
    };
    for (let round = 0; round < 2000; round++) decodeProtobuf(Buffer.from(Array.from({ length: 12 }, next)));
  });
});
