import assert from "node:assert/strict";
import { test } from "node:test";
import { MeshwasmError } from "../errors.js";
import { Host } from "../host.js";
import type { HostOptions } from "../options.js";
import { MapType, StreamType } from "../status.js";
import { type Probe, probeModule } from "../testing/probe.js";

const hostOf = (probe: Probe, options: HostOptions = {}) => new Host(probeModule(probe), options);

/** Waits for a callout before the request goes on. */
const waiting: Probe = {
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
  http_call_response: { steps: [{ do: "effectiveStream" }, { do: "continue", stream: StreamType.Request }] },
};

test("a request and a response in the terms of fetch", async () => {
  const host = hostOf({
    request_headers: { steps: [{ do: "set", map: MapType.RequestHeaders, name: "x-new", value: "1" }] },
    response_headers: {
      steps: [{ do: "add", map: MapType.ResponseHeaders, name: "x-hello", value: "world" }],
    },
  });
  const response = await host.fetch("/a?b=1", {
    method: "POST",
    body: JSON.stringify({ n: 1 }),
    headers: { "content-type": "application/json" },
    upstream: async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = {
        path: pathname + search,
        added: request.headers.get("x-new"),
        body: await request.json(),
      };
      return Response.json(body, { status: 201, headers: { "set-cookie": "a=1" } });
    },
  });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("x-hello"), "world");
  assert.deepEqual(response.headers.getSetCookie(), ["a=1"]);
  assert.deepEqual(await response.json(), { path: "/a?b=1", added: "1", body: { n: 1 } });
});

test("without an upstream it is 200, and statuses without a body have none", async () => {
  const host = hostOf({});
  assert.equal((await host.fetch("/")).status, 200);
  const empty = await host.fetch(new Request("https://example.org/x"), {
    upstream: () => new Response(null, { status: 304 }),
  });
  assert.deepEqual([empty.status, empty.body], [304, null]);
  const head = await host.fetch("/", { method: "HEAD", upstream: () => new Response("never sent") });
  assert.equal(head.body, null);
});

test("a local response ends it, and the upstream sees nothing", async () => {
  const host = hostOf({ request_headers: { steps: [{ do: "local", status: 403, body: "no" }], returns: 1 } });
  const response = await host.fetch("/", { upstream: () => assert.fail("reached the upstream") });
  assert.deepEqual([response.status, await response.text()], [403, "no"]);
});

test("time passes until what the filter waits for is there", async () => {
  const host = hostOf(waiting, { clusters: { auth: { status: 200, afterMs: 50 } }, now: 1000 });
  assert.equal((await host.fetch("/")).status, 200);
  assert.equal(host.world.clock.now, 1050);
});

test("a filter that waits for nothing is told, and one that waits for ever too", async () => {
  const paused = (error: unknown) => error instanceof MeshwasmError && error.code === "STREAM_PAUSED";
  await assert.rejects(hostOf({ request_headers: { returns: 1 } }).fetch("/"), paused);
  const ticking: Probe = { ...waiting, configure: { steps: [{ do: "tick", period: 1000 }] } };
  await assert.rejects(hostOf(ticking, { clusters: { auth: () => undefined } }).fetch("/"), paused);
});

test("what the upstream throws is what fetch throws", async () => {
  const fault = new Error("the test's own");
  await assert.rejects(
    hostOf({}).fetch("/", {
      upstream: () => {
        throw fault;
      },
    }),
    fault,
  );
});
