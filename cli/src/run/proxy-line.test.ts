import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { proxyLine, readProxyLine, sourceOf } from "./proxy-line.js";

const socket = (remoteAddress: string, localAddress: string) =>
  ({ remoteAddress, remotePort: 40000, localAddress, localPort: 80 }) as Socket;

describe("the line of the PROXY protocol", () => {
  it("names both ends, in the family that they have", () => {
    assert.equal(proxyLine(socket("10.0.0.1", "10.0.0.2")), "PROXY TCP4 10.0.0.1 10.0.0.2 40000 80\r\n");
    assert.equal(proxyLine(socket("::1", "fe80::2")), "PROXY TCP6 ::1 fe80::2 40000 80\r\n");
    assert.equal(
      proxyLine(socket("::ffff:10.0.0.1", "::ffff:10.0.0.2")),
      "PROXY TCP4 10.0.0.1 10.0.0.2 40000 80\r\n",
    );
  });

  it("is read back, with what is behind it, however it comes", () => {
    for (const client of [
      socket("10.0.0.1", "10.0.0.2"),
      socket("::ffff:10.0.0.1", "::1"),
      socket("::1", "::1"),
    ]) {
      const line = Buffer.from(proxyLine(client));
      for (let size = 0; size < line.length; size++)
        assert.equal(readProxyLine(line.subarray(0, size)), "wait");
      const read = readProxyLine(Buffer.concat([line, Buffer.from("rest\r\n")]));
      assert.deepEqual(read, { source: sourceOf(client), rest: Buffer.from("rest\r\n") });
    }
  });

  it("is none when something else comes, or too much", () => {
    assert.equal(readProxyLine(Buffer.from("GET / HTTP/1.1\r\n")), "wrong");
    assert.equal(readProxyLine(Buffer.from("PROXY UNKNOWN\r\n")), "wrong");
    assert.equal(readProxyLine(Buffer.alloc(107, "x")), "wrong");
    assert.equal(readProxyLine(Buffer.alloc(106, "x")), "wait");
  });
});
