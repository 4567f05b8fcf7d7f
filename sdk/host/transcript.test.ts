import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "./host.js";
import { probeModule } from "./testing/probe.js";
import { callsAsJson } from "./transcript.js";

describe("a transcript", () => {
  it("is text, and JSON with the same entries", () => {
    const host = new Host(
      probeModule({
        request_headers: {
          steps: [
            { do: "define", type: 0, name: "seen" },
            { do: "increment", id: 4, by: 3 },
            { do: "set", map: 0, name: "x-umlaut", value: "ä" },
          ],
        },
      }),
    );
    const exchange = host.exchange();
    assert.match(String(exchange), / {2}proxy_increment_metric\(4, 3n\) = Ok/);
    const json = JSON.parse(JSON.stringify(exchange)) as ReturnType<typeof exchange.toJSON>;
    assert.equal(json.length, exchange.calls.length);
    assert.deepEqual(
      json.find(({ name }) => name === "proxy_increment_metric"),
      {
        kind: "hostcall",
        name: "proxy_increment_metric",
        contextId: 2,
        args: [4, 3],
        result: 0,
        status: "Ok",
      },
    );
    const replaced = json.find(({ name }) => name === "proxy_replace_header_map_value");
    assert.deepEqual(replaced?.args, [0, "x-umlaut", "ä"]);
    const callback = json.find(({ name }) => name === "proxy_on_request_headers");
    assert.deepEqual([callback?.kind, callback?.result, callback?.status], ["callback", 0, undefined]);
  });

  it("is of a connection too", () => {
    const connection = new Host(probeModule({ downstream_data: {} })).connection({ send: "hi" });
    const json = JSON.parse(JSON.stringify(connection)) as ReturnType<typeof connection.toJSON>;
    assert.ok(json.some(({ name }) => name === "proxy_on_downstream_data"));
  });

  it("says in JSON what JSON has no words for", () => {
    const call = { kind: "hostcall", name: "proxy_get_property", contextId: 2, result: undefined } as const;
    const huge = 2n ** 63n;
    const [json] = callsAsJson([
      { ...call, args: [huge, -5n, undefined, true, "\xff"], output: [["a", "\xc3\xa4"]] },
    ]);
    assert.deepEqual(json, {
      ...call,
      result: null,
      args: [String(huge), -5, null, true, { base64: "/w==" }],
      output: [["a", "ä"]],
    });
  });
});
