import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Chain } from "./chain.js";
import { Host } from "./host.js";
import { MapType, StreamType } from "./status.js";
import { messages, throwsCode } from "./testing/assertions.js";
import { type Probe, probeModule } from "./testing/probe.js";
import { World } from "./world/world.js";

const { RequestHeaders } = MapType;

function chainOf(...probes: Probe[]): Chain {
  const world = new World();
  return new Chain(
    probes.map((probe, index) => new Host(probeModule(probe), { world, vmId: `vm-${index}` })),
  );
}

const tag = (value: string): Probe => ({
  request_headers: { steps: [{ do: "add", map: RequestHeaders, name: "x-by", value }] },
});

describe("a chain", () => {
  it("is one exchange, in which every entry names its filter", () => {
    const world = new World();
    const one = new Host(probeModule(tag("1")), { world, pluginName: "one" });
    const two = new Host(probeModule(tag("2")), { world });
    const exchange = new Chain([one, two]).exchange();

    assert.deepEqual(exchange.request?.headers.getAll("x-by"), ["1", "2"]);
    assert.deepEqual(
      exchange.logs.map(({ filter, message }) => `${filter} ${message}`),
      ["one request_headers(,end=1)", "one add 0 x-by=0", "2 request_headers(,end=1)", "2 add 0 x-by=0"],
    );
    assert.match(
      String(exchange),
      /^\[one\] proxy_on_request_headers[\s\S]*\n\[2\] proxy_on_request_headers/,
    );
    assert.deepEqual(messages(one.logs), ["request_headers(,end=1)", "add 0 x-by=0"]);
  });

  it("takes a host twice, which sees the stream as two", () => {
    const host = new Host(probeModule(tag("x")));
    const chain = new Chain([host, host]);
    assert.deepEqual(chain.exchange().request?.headers.getAll("x-by"), ["x", "x"]);
    assert.deepEqual(host.contextIds, [0, 1]);
  });

  it("goes on when the filter in the middle has its answer", () => {
    const world = new World();
    const waiting = probeModule({
      request_headers: {
        steps: [
          {
            do: "httpCall",
            cluster: "auth",
            headers: [
              [":method", "GET"],
              [":path", "/"],
              [":authority", "auth"],
            ],
          },
        ],
        returns: 1,
      },
      http_call_response: {
        steps: [{ do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }],
      },
    });
    const clusters = { auth: { status: 200, afterMs: 50 } };
    const chain = new Chain([
      new Host(probeModule(tag("1")), { world }),
      new Host(waiting, { world, vmId: "waiting", clusters }),
      new Host(probeModule(tag("3")), { world, vmId: "3" }),
    ]);
    const exchange = chain.exchange();
    assert.equal(exchange.paused, "request");
    assert.equal(exchange.callouts.length, 1);
    chain.advance(50);
    assert.equal(exchange.response.status, 200);
    assert.deepEqual(exchange.request?.headers.getAll("x-by"), ["1", "3"]);
  });

  it("fetches, and is driven step by step", async () => {
    const chain = chainOf(tag("1"), tag("2"));
    const upstream = (request: Request) => new Response(request.headers.get("x-by"));
    assert.equal(await (await chain.fetch("/", { upstream })).text(), "1, 2");
    const stream = chain.http().requestHeaders().responseHeaders({ status: 204 });
    assert.equal(stream.exchange.response.status, 204);
  });

  it("takes network filters, and names them in the transcript", () => {
    const close = { do: "close", stream: StreamType.Downstream } as const;
    const chain = chainOf({ downstream_data: {} }, { downstream_data: { steps: [close], returns: 1 } });
    const connection = chain.connection({ send: "hello" });
    assert.equal(connection.closed, "local");
    assert.deepEqual(
      connection.logs.map(({ filter, message }) => `${filter} ${message}`),
      ["1 downstream_data(5,end=0)", "2 downstream_data(5,end=0)", "2 close 2=0"],
    );
    chain.assertNoLeaks();
  });

  it("fails closed by the filter whose VM is dead, and the others go on", () => {
    const chain = chainOf(tag("1"), { request_headers: { steps: [{ do: "trap" }] } });
    assert.equal(chain.exchange().response.status, 503);
    assert.deepEqual(
      chain.hosts.map(({ failure }) => failure?.code),
      [undefined, "TRAP"],
    );
    assert.equal(messages(chain.exchange().logs).length, 2);
  });

  it("ends with its hosts", () => {
    const chain = chainOf({ done: {}, delete: {} }, { done: {}, delete: {} });
    chain.start().close();
    for (const host of chain.hosts) assert.deepEqual(messages(host.logs), ["done()", "delete()"]);
  });

  it("needs hosts of one world", () => {
    throwsCode(() => new Chain([]), "USAGE", /at least one/);
    const alone = () => new Host(probeModule({}));
    throwsCode(() => new Chain([alone(), alone()]), "USAGE", /share one world/);
  });
});
