import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Host } from "../host.js";
import type { HostOptions } from "../options.js";
import { BufferType, MapType, StreamType } from "../status.js";
import { messages, throwsCode } from "../testing/assertions.js";
import { type Probe, type ProbeStep, probeModule } from "../testing/probe.js";

const ASK: ProbeStep = {
  do: "httpCall",
  cluster: "auth",
  headers: [
    [":method", "GET"],
    [":path", "/check"],
    [":authority", "auth.test"],
    ["x-user", "jo"],
  ],
  timeout: 100,
};
const RESUME: ProbeStep[] = [{ do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }];
const READ: ProbeStep[] = [
  { do: "get", map: MapType.HttpCallResponseHeaders, name: ":status" },
  { do: "body", buffer: BufferType.HttpCallResponseBody },
  { do: "status" },
];

const host = (clusters: HostOptions["clusters"], probe: Probe = {}) =>
  new Host(
    probeModule({
      request_headers: { steps: [ASK], returns: 1 },
      http_call_response: { steps: [...READ, ...RESUME] },
      ...probe,
    }),
    clusters === undefined ? {} : { clusters },
  );
const rootLog = (from: Host) =>
  messages(from.logs)
    .filter((line) => !/^(request_headers|effective|continue|httpCall)/.test(line))
    .join(" ");

describe("HTTP callouts", () => {
  it("are answered by the test, and the exchange completes", () => {
    const asked: string[] = [];
    const exchange = host({
      auth: (request, callout) => {
        asked.push(`${request.method} ${request.path} ${request.headers.get("x-user")} ${callout.timeout}`);
        return { status: 204 };
      },
    }).exchange({}, { body: "hi" });
    assert.equal(exchange.response.text(), "hi");
    assert.deepEqual(asked, ["GET /check jo 100"]);
    assert.deepEqual(
      exchange.callouts.map(({ kind, cluster, token, state }) => [kind, cluster, token, state]),
      [["http", "auth", 4, "answered"]],
    );
  });

  it("are answered late, in virtual time", () => {
    const probed = host({ auth: { status: 200, body: "late", afterMs: 30 } });
    const exchange = probed.exchange();
    assert.equal(exchange.paused, "request");
    throwsCode(() => exchange.response, "STREAM_PAUSED");
    probed.advance(29);
    assert.equal(exchange.paused, "request");
    probed.advance(1);
    assert.equal(exchange.response.status, 200);
    assert.match(rootLog(probed), /body 4=0:late status=0:0:$/);
    assert.equal(probed.callouts[0]?.state, "answered");
  });

  it("time out with a response of Envoy's, at their time", () => {
    for (const answer of ["timeout" as const, { afterMs: 200 }, () => undefined]) {
      const probed = host({ auth: answer });
      const exchange = probed.exchange();
      probed.advance(99);
      assert.equal(exchange.done, false);
      probed.advance(1);
      assert.equal(exchange.done, true);
      assert.match(rootLog(probed), /^http_call_response\(4,3,24,0\) get 6 :status=0:504 body 4=0:upstream/);
      probed.advance(1000);
      assert.equal(messages(probed.logs).filter((line) => line.startsWith("http_call_response")).length, 1);
    }
  });

  it("without a timeout wait for ever", () => {
    const waiting = host(
      { auth: "timeout" },
      { request_headers: { steps: [{ ...ASK, timeout: 0 }], returns: 1 } },
    );
    const exchange = waiting.exchange();
    waiting.advance(1e9);
    assert.equal(exchange.paused, "request");
    assert.equal(exchange.callouts[0]?.state, "pending");
  });

  it("break off, at once or later", () => {
    for (const answer of ["reset" as const, { afterMs: 10, reset: true }]) {
      const probed = host({ auth: answer });
      probed.exchange();
      probed.advance(10);
      assert.match(
        rootLog(probed),
        /^http_call_response\(4,0,0,0\) get 6 :status=2 body 4=1 status=0:11:reset/,
      );
      assert.equal(probed.callouts[0]?.state, "reset");
    }
  });

  it("can be answered by hand", () => {
    const probed = host({ auth: () => undefined });
    const [one, two] = [probed.exchange(), probed.exchange()];
    two.callouts[0]!.respond({ body: "second" });
    assert.deepEqual([one.done, two.done], [false, true]);
    throwsCode(() => two.callouts[0]!.respond(), "USAGE", /8 to auth is answered/);
    one.callouts[0]!.reset();
    // The probe resumes the stream that came last.
    assert.equal(probed.callouts[0]?.state, "reset");
  });

  it("to clusters that are not there are refused", () => {
    const probed = host(undefined, { request_headers: { steps: [ASK] } });
    assert.deepEqual(messages(probed.exchange().logs), ["request_headers(,end=1)", "httpCall=2"]);
    const down = host({ auth: "down" }, { request_headers: { steps: [ASK] } });
    assert.deepEqual(messages(down.exchange().logs), ["request_headers(,end=1)", "httpCall=10"]);
  });

  it("of a stream that is gone reach the root, which cannot reach the stream any more", () => {
    const probed = host({ auth: { afterMs: 10 } });
    const stream = probed.http().requestHeaders();
    stream.disconnect();
    probed.advance(10);
    assert.deepEqual(messages(probed.logs).slice(-2), ["effectiveStream=2", "continue 0=0"]);
  });

  it("are cancelled with their root context", () => {
    const probed = host({ auth: { afterMs: 10 } }, { request_headers: { steps: [ASK] } });
    probed.exchange();
    probed.close();
    assert.equal(probed.callouts[0]?.state, "cancelled");
    probed.advance(100);
    assert.ok(!messages(probed.logs).some((line) => line.startsWith("http_call_response")));
  });

  it("from proxy_on_configure are answered when it started, and a canary's are not", () => {
    const configured = host({ auth: {} }, { configure: { steps: [ASK] }, http_call_response: {} }).start();
    assert.match(rootLog(configured), /configure\(\) http_call_response\(4,2,0,0\)/);
    configured.configure("again");
    assert.equal(configured.callouts.length, 2);
  });

  it("that trap leave the stream that waits for them hanging, as Envoy does", () => {
    const probed = host({ auth: {} }, { http_call_response: { steps: [{ do: "trap" }] } });
    const exchange = probed.exchange();
    probed.advance(1e6);
    assert.equal(exchange.paused, "request");
    assert.equal(probed.failure?.code, "TRAP");
    assert.equal(probed.exchange().response.status, 503);
  });

  it("throw what the test's own function throws", () => {
    const probed = host({
      auth: () => {
        throw new Error("the test's own");
      },
    });
    assert.throws(() => probed.exchange(), /the test's own/);
    assert.equal(probed.failure, undefined);
  });
});
