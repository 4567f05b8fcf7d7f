import assert from "node:assert/strict";
import { test } from "node:test";
import { requestCounts } from "./request-stats.js";

/** As Envoy 1.40 writes it with the tags of Istio's bootstrap. */
const envoy = `# TYPE envoy_http_downstream_rq counter
envoy_http_downstream_rq{response_code_class="5xx",http_conn_manager_prefix="inbound_0.0.0.0_8080"} 2
envoy_http_downstream_rq{response_code_class="5xx",http_conn_manager_prefix="outbound_0.0.0.0_80"} 1
envoy_http_downstream_rq{response_code_class="2xx",http_conn_manager_prefix="inbound_0.0.0.0_8080"} 9
# TYPE envoy_http_downstream_rq_completed counter
envoy_http_downstream_rq_completed{http_conn_manager_prefix="inbound_0.0.0.0_8080"} 10
envoy_http_downstream_rq_completed{http_conn_manager_prefix="inbound_0.0.0.0_9090"} 5
envoy_http_downstream_rq_completed{http_conn_manager_prefix="outbound_0.0.0.0_80"} 30
envoy_http_admin_downstream_rq_completed{} 1000
`;
const istio = `# TYPE istio_requests_total counter
istio_requests_total{reporter="destination",source_app="a",response_code="200",response_flags="-"} 90
istio_requests_total{reporter="destination",source_app="a",response_code="503",response_flags="UF"} 4
istio_requests_total{reporter="destination",source_app="b",response_code="500",response_flags="-"} 6
istio_requests_total{reporter="source",source_app="a",response_code="504",response_flags="UT"} 7
`;

test("requests and errors are counted on the side that is asked for", () => {
  assert.deepEqual(requestCounts(envoy, "inbound"), { requests: 15, errors: 2 });
  assert.deepEqual(requestCounts(envoy, "outbound"), { requests: 30, errors: 1 });
  assert.deepEqual(requestCounts(istio, "inbound"), { requests: 100, errors: 10 });
  assert.deepEqual(requestCounts(istio, "outbound"), { requests: 7, errors: 7 });
});

test("what both sources say is counted once, and nothing is not zero", () => {
  assert.deepEqual(requestCounts(istio + envoy, "inbound"), { requests: 15, errors: 2 });
  assert.equal(requestCounts("", "inbound"), undefined);
  assert.equal(requestCounts("istio_requests_total{reporter=\n", "inbound"), undefined);
});
