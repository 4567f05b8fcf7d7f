import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { StatsReader } from "./stats-reader.js";

const ip = "127.0.0.1";
const page = `envoy_http_downstream_rq_completed{http_conn_manager_prefix="inbound_0.0.0.0_8080"} 12
envoy_http_downstream_rq{response_code_class="5xx",http_conn_manager_prefix="inbound_0.0.0.0_8080"} 3
`;
const asked: URL[] = [];
let answer = { status: 200, body: page };

const server = createServer((request, response) => {
  asked.push(new URL(request.url ?? "", `http://${ip}`));
  response.statusCode = answer.status;
  response.end(answer.body);
});
let reader: StatsReader;

before(async () => {
  await once(server.listen(0, ip), "listening");
  reader = new StatsReader({ port: (server.address() as AddressInfo).port });
});
after(() => server.close());

test("requests are asked for by the names of their stats, and nothing else", async () => {
  assert.deepEqual(await reader.requests(ip, "inbound"), { requests: 12, errors: 3 });
  assert.equal(await reader.requests(ip, "outbound"), undefined);
  const { pathname, searchParams } = asked[0]!;
  assert.equal(pathname, "/stats/prometheus");
  const names = new RegExp(searchParams.get("filter") ?? "");
  for (const wanted of [
    "http.inbound_0.0.0.0_8080;.downstream_rq_completed",
    "http.outbound_0.0.0.0_80;.downstream_rq_5xx",
    "istiocustom.istio_requests_total.reporter.destination.response_code.200",
  ]) {
    assert.match(wanted, names);
  }
  for (const other of [
    "http.admin.downstream_rq_completed",
    "http.inbound_x;.downstream_rq_time",
    "wasm.x",
  ]) {
    assert.doesNotMatch(other, names);
  }
});

test("an Envoy that answers with an error, with too much or not at all says nothing", async () => {
  answer = { status: 503, body: page };
  assert.equal(await reader.requests(ip, "inbound"), undefined);
  assert.match(JSON.stringify(await reader.read(ip)), /HTTP 503/);
  answer = { status: 200, body: page + "x".repeat(9 << 20) };
  assert.equal(await reader.requests(ip, "inbound"), undefined);
  const nobody = new StatsReader({ port: 1, timeout: 1_000 });
  assert.equal(await nobody.requests(ip, "inbound"), undefined);
});
