import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { freePorts, onFreePorts } from "./envoy.js";

describe("free ports for an Envoy", () => {
  it("can be listened on, all of them", async () => {
    const ports = await freePorts(5);
    assert.equal(new Set(ports).size, 5);
    for (const port of ports) {
      const server = createServer();
      await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
      await new Promise((closed) => server.close(closed));
    }
  });

  it("are others when one of them was taken meanwhile, three times at most", async () => {
    const seen: number[] = [];
    const taken = (ports: number[]): never => {
      seen.push(ports.length);
      throw new Error(`cannot bind '127.0.0.1:${ports[0]}': Address already in use`);
    };
    assert.equal(await onFreePorts(2, async (ports) => (seen.length === 0 ? taken(ports) : ports.length)), 2);
    seen.length = 0;
    await assert.rejects(
      onFreePorts(2, async (ports) => taken(ports)),
      /Address already in use/,
    );
    assert.deepEqual(seen, [2, 2, 2]);
  });

  it("stay as they are when something else is wrong", async () => {
    let tries = 0;
    const wrong = async () => {
      tries++;
      throw new Error("no such filter");
    };
    await assert.rejects(onFreePorts(1, wrong), /no such filter/);
    assert.equal(tries, 1);
  });
});
