import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { StreamType } from "../status.js";
import { messages, throwsCode } from "../testing/assertions.js";
import { probeModule } from "../testing/probe.js";

describe("TCP", () => {
  it("a conversation against an echo, a list and a function", () => {
    const host = new Host(probeModule({ downstream_data: {}, upstream_data: {} }));
    assert.equal(host.connection({ send: ["a", "b"] }).client.text(), "ab");
    assert.equal(host.connection({ send: ["a", "b"], upstream: ["1", "2"] }).client.text(), "12");
    const shouting = (bytes: Uint8Array) => Buffer.from(bytes).toString().toUpperCase();
    const connection = host.connection({ send: "abc", upstream: shouting });
    assert.equal(connection.upstream.text(), "abc");
    assert.equal(connection.client.text(), "ABC");
    assert.equal(connection.closed, "local");
    assert.deepEqual(host.contextIds, [0, 1]);
  });

  it("bytes that wait go on when the filter resumes", () => {
    const host = new Host(
      probeModule({
        new_connection: {},
        downstream_data: { returns: 1 },
        tick: {
          steps: [
            { do: "effective", context: 2 },
            { do: "continue", stream: StreamType.Downstream },
          ],
        },
        configure: { steps: [{ do: "tick", period: 5 }] },
      }),
    );
    const connection = host.tcp().connect().downstreamData("ab").downstreamData("cd");
    assert.deepEqual(messages(connection.logs).slice(1), [
      "downstream_data(2,end=0)",
      "downstream_data(4,end=0)",
    ]);
    assert.equal(connection.upstream.text(), "");
    host.advance(5);
    assert.equal(connection.upstream.text(), "abcd");
    throwsCode(() => connection.connect(), "USAGE");
  });
});
