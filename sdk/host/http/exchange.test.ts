import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import { BufferType, MapType, StreamType } from "../status.js";
import { messages, throwsCode } from "../testing/assertions.js";
import { probeModule } from "../testing/probe.js";
import { wat } from "../testing/wat.js";

describe("exchanges", () => {
  it("shows what reached the upstream and the client", () => {
    const host = new Host(
      probeModule({
        request_headers: { steps: [{ do: "set", map: MapType.RequestHeaders, name: "x-new", value: "1" }] },
        response_headers: {
          steps: [{ do: "add", map: MapType.ResponseHeaders, name: "x-hello", value: "world" }],
        },
      }),
    );
    const exchange = host.exchange({ method: "POST", path: "/p", body: "in" }, (request) => ({
      status: 201,
      body: `got ${request.text()} for ${request.path}`,
    }));
    assert.equal(exchange.request?.headers.get("x-new"), "1");
    assert.equal(exchange.response.status, 201);
    assert.equal(exchange.response.text(), "got in for /p");
    assert.deepEqual(exchange.response.headers.entries(), [
      ["content-length", "13"],
      ["x-hello", "world"],
    ]);
    assert.equal(exchange.local, undefined);
    assert.deepEqual(exchange.warnings, []);
    assert.deepEqual(host.contextIds, [0, 1], "the stream's context is gone");
  });

  it("tells of a content-length that no longer fits", () => {
    const probe = probeModule({
      response_body: {
        steps: [{ do: "setBody", buffer: BufferType.HttpResponseBody, start: 0, length: 0, data: "+" }],
      },
    });
    const { warnings } = new Host(probe).exchange({}, { body: "x", protocol: "HTTP/2" });
    assert.deepEqual(warnings, ["response: content-length says 1, the body has 2 bytes"]);
  });

  it("tells of trailers that HTTP/1.1 has no room for", () => {
    const probe = probeModule({
      response_body: { steps: [{ do: "add", map: MapType.ResponseTrailers, name: "x-made", value: "1" }] },
    });
    const { warnings } = new Host(probe).exchange({}, { body: "x" });
    assert.deepEqual(warnings, ["response: HTTP/1.1 loses its trailers, since it has a content-length"]);
  });

  it("carries the end of stream as the protocol does", () => {
    const probe = probeModule({ request_headers: {}, request_body: {} });
    const logs = (protocol: "HTTP/1.1" | "HTTP/2") =>
      messages(new Host(probe).exchange({ method: "POST", body: ["ab", "c"], protocol }).logs).slice(1);
    assert.deepEqual(logs("HTTP/1.1"), [
      "request_body(2,end=0)",
      "request_body(1,end=0)",
      "request_body(0,end=1)",
    ]);
    assert.deepEqual(logs("HTTP/2"), ["request_body(2,end=0)", "request_body(1,end=1)"]);
  });

  it("shows the whole of a body that pauses, growing, and passes it on at once", () => {
    const probe = probeModule({
      request_body: { steps: [{ do: "body", buffer: BufferType.HttpRequestBody }], returns: 1 },
    });
    const host = new Host(probe);
    const stream = host.http().requestHeaders({ method: "POST" }, false).requestBody("ab").requestBody("cd");
    assert.deepEqual(messages(stream.exchange.logs), [
      "request_body(2,end=0)",
      "body 0=0:ab",
      "request_body(4,end=0)",
      "body 0=0:abcd",
    ]);
    assert.equal(stream.exchange.paused, "request");
    assert.deepEqual(stream.exchange.request?.chunks, []);
  });

  it("answers 413 when a filter buffers more than the limit", () => {
    const probe = probeModule({ request_body: { returns: 1 }, log: {} });
    const exchange = new Host(probe, { bufferLimit: 3 }).exchange({ method: "POST", body: ["ab", "cd"] });
    assert.equal(exchange.response.status, 413);
    assert.equal(exchange.response.text(), "Payload Too Large");
    assert.equal(exchange.local?.details, "request_payload_too_large");
    assert.equal(exchange.request?.complete, false);
  });

  it("waits while the filter holds it, and goes on with a tick", () => {
    const host = new Host(
      probeModule({
        configure: { steps: [{ do: "tick", period: 100 }] },
        request_headers: { returns: 1 },
        tick: {
          steps: [
            { do: "tick", period: 0 },
            { do: "effective", context: 2 },
            { do: "continue", stream: StreamType.Request },
          ],
        },
      }),
    );
    const exchange = host.exchange({ method: "POST", body: "x" }, { status: 299 });
    assert.equal(exchange.paused, "request");
    throwsCode(() => exchange.response, "STREAM_PAUSED", /proxy_on_request_headers/);
    host.advance(99);
    assert.equal(exchange.done, false);
    host.advance(1);
    assert.equal(exchange.response.status, 299);
    assert.equal(exchange.request?.text(), "x");
    assert.equal(exchange.done, true);
  });

  it("interleave", () => {
    const host = new Host(probeModule({ request_headers: {}, response_headers: {} }));
    const one = host.http().requestHeaders({ path: "/1" });
    const two = host.http().requestHeaders({ path: "/2" });
    two.responseHeaders({ status: 202 });
    one.responseHeaders({ status: 201 });
    assert.equal(one.exchange.response.status, 201);
    assert.equal(two.exchange.response.status, 202);
    assert.deepEqual(messages(one.exchange.logs), ["request_headers(,end=1)", "response_headers(,end=1)"]);
  });

  it("end with log, done and delete when the client goes away", () => {
    const host = new Host(probeModule({ request_headers: {}, log: {}, done: {}, delete: {} }));
    const { exchange } = host.http().requestHeaders({}, false).disconnect();
    assert.deepEqual(messages(exchange.logs), ["request_headers(,end=0)", "log()", "done()", "delete()"]);
    assert.equal(exchange.reset, "client");
    throwsCode(() => exchange.response, "STREAM_RESET");
  });

  it("say when Envoy itself would crash", () => {
    const local = { do: "local", status: 500 } as const;
    throwsCode(
      () => new Host(probeModule({ log: { steps: [local] } })).exchange(),
      "ENVOY_CRASH",
      /proxy_on_log/,
    );
    throwsCode(() => new Host(probeModule({ done: { steps: [local] } })).exchange(), "ENVOY_CRASH");
    const close = { do: "close", stream: StreamType.Request } as const;
    throwsCode(() => new Host(probeModule({ log: { steps: [close] } })).exchange(), "ENVOY_CRASH");
    const response = { body: ["x"], trailers: { "x-t": "1" } };
    const crashes = (probe: Parameters<typeof probeModule>[0], message: RegExp) =>
      throwsCode(() => new Host(probeModule(probe)).exchange({}, response), "ENVOY_CRASH", message);
    crashes({ response_trailers: { steps: [close] } }, /proxy_close_stream in proxy_on_response_trailers/);
    crashes({ request_headers: { steps: [close, { do: "trap" }] } }, /a trap after proxy_close_stream/);
    crashes(
      { response_headers: { steps: [local, { do: "trap" }] } },
      /a trap after proxy_send_local_response/,
    );
    crashes({ response_headers: { steps: [local, close] } }, /proxy_close_stream after/);
    const callData = { do: "body", buffer: BufferType.CallData } as const;
    crashes(
      { response_body: {}, done: { steps: [callData] } },
      /freed memory, and mostly crashes, on CallData/,
    );
  });

  it("say so too when a response is resumed that does not exist", () => {
    const resume = { do: "continue", stream: StreamType.Response } as const;
    const probe = probeModule({ request_headers: { steps: [resume], returns: 1 } });
    throwsCode(() => new Host(probe).exchange(), "ENVOY_CRASH", /before there is a response/);
  });

  it("warn of a stream resumed from its own headers callback", () => {
    const probe = probeModule({
      response_headers: { steps: [{ do: "continue", stream: StreamType.Response }] },
    });
    assert.match(new Host(probe).exchange({}, { body: "x" }).warnings[0] ?? "", /headers twice/);
  });

  it("cost nothing in the transcript when it is off", () => {
    const host = new Host(probeModule({ request_headers: {} }), { transcript: false });
    assert.deepEqual(host.exchange().calls, []);
  });

  it("print as text", () => {
    const probe = probeModule({ request_headers: { steps: [{ do: "get", map: 0, name: "x-none" }] } });
    assert.match(
      String(new Host(probe).exchange()),
      /^proxy_on_request_headers\(2, 4, 1\) = 0\n {2}proxy_log\(2, "request_headers\(,end=1\)"\) = Ok\n {2}proxy_get_header_map_value\(0, "x-none"\) = NotFound/,
    );
  });
});

describe("a dead VM", () => {
  const trapping = probeModule({ request_headers: { steps: [{ do: "trap" }] }, log: {} });

  it("answers 503 from then on, and calls nothing any more", () => {
    const host = new Host(trapping);
    assert.equal(host.exchange().response.status, 503);
    const second = host.exchange();
    assert.equal(second.response.status, 503);
    assert.equal(second.local?.details, "wasm_fail_stream");
    assert.deepEqual(second.calls, []);
    assert.equal(host.failure?.code, "TRAP");
    assert.ok(host.failure.frames[0]!.offset > 0);
    assert.equal(host.logs.at(-1)?.level, "error");
  });

  it("fails the stream that it died in and lets later ones pass when it fails open", () => {
    const host = new Host(trapping, { failurePolicy: "FailOpen" });
    assert.equal(host.exchange({}, { status: 204 }).response.status, 503);
    assert.equal(host.exchange({}, { status: 204 }).response.status, 204);
  });

  it("is what endless recursion leaves behind too", () => {
    const host = new Host(
      wat(`(module (memory (export "memory") 1)
        (func (export "proxy_abi_version_0_2_1"))
        (func (export "malloc") (param i32) (result i32) (i32.const 8))
        (func $deep (param i32) (result i32) (i32.add (call $deep (local.get 0)) (i32.const 1)))
        (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (call $deep (i32.const 0))))`),
    );
    assert.equal(host.exchange().response.status, 503);
    assert.equal(host.failure?.code, "TRAP");
  });
});
