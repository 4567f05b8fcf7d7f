import type { EngineOptions } from "../engines/engine.js";
import type { HttpCase } from "./http-case.js";

/** Names and metadata in the proxy's own configuration. */
export const options: EngineOptions = { named: true };

/** What test/e2e/filters/attributes must know of a stream. */
export const attributesCases: HttpCase[] = [
  {
    name: "knows the request",
    request: {
      method: "POST",
      path: "/request?a=1",
      headers: [
        ["referer", "http://before/"],
        ["user-agent", "test"],
        ["x-request-id", "an-id"],
        ["x-tags", "a"],
        ["x-tags", "b"],
      ],
      body: "four",
    },
    expect: {
      status: 200,
      upstream: {
        "x-path": ["/request?a=1"],
        "x-url-path": ["/request"],
        "x-query": ["a=1"],
        "x-host": ["same"],
        "x-scheme": ["http"],
        "x-method": ["POST"],
        "x-protocol": ["HTTP/1.1"],
        "x-referer": ["http://before/"],
        "x-user-agent": ["test"],
        "x-size": ["4"],
        "x-time": ["known"],
        "x-duration": ["unknown"],
        "x-total": ["known"],
        "x-tag": ["a,b"],
        "x-no-tag": ["null"],
        "x-map": ["a,b"],
      },
    },
  },
  {
    name: "knows the connection",
    request: { path: "/connection" },
    expect: {
      status: 200,
      upstream: {
        "x-source": ["127.0.0.1"],
        "x-source-port": ["known"],
        "x-destination": ["127.0.0.1"],
        "x-destination-port": ["known"],
        "x-id": ["known"],
        "x-mtls": ["no"],
        "x-sni": [""],
        "x-tls": ["null"],
        "x-peer": ["null"],
      },
    },
  },
  {
    name: "knows what the configuration calls things",
    request: { path: "/configuration" },
    expect: {
      status: 200,
      upstream: {
        "x-plugin": ["attributes"],
        "x-root": ["attributes"],
        "x-vm": [""],
        "x-node": ["a-node"],
        "x-node-cluster": ["a-service"],
        "x-node-metadata": ["blue"],
        "x-cluster": ["upstream"],
        "x-cluster-metadata": ["gold"],
        "x-route": ["a-route"],
        "x-route-metadata": ["me"],
        "x-no-metadata": ["null"],
        "x-direction": ["1"],
        "x-virtual-host": ["default"],
        "x-dynamic": ["null"],
      },
    },
  },
  {
    name: "sets properties of its own",
    request: { path: "/custom" },
    expect: {
      status: 200,
      upstream: {
        "x-before": ["null 1"],
        "x-set": ["0"],
        "x-mine": ["ä value"],
        "x-state": ["ä value"],
        "x-set-bytes": ["0"],
        "x-bytes": ["2"],
      },
    },
  },
  {
    name: "knows the response and the upstream",
    request: { path: "/response" },
    answer: {
      status: 404,
      headers: [
        ["x-tags", "a"],
        ["x-tags", "b"],
      ],
      body: "x",
    },
    expect: {
      status: 404,
      response: {
        "x-code": ["404"],
        "x-details": ["via_upstream"],
        "x-flags": ["0"],
        "x-grpc": ["12"],
        "x-header": ["a,b"],
        "x-upstream": ["127.0.0.1"],
        "x-upstream-port": ["known"],
        "x-local": ["127.0.0.1"],
        "x-tls": ["null"],
        "x-cluster": ["upstream"],
        "x-attempts": ["1"],
      },
    },
  },
  {
    name: "knows how an exchange went in the access log",
    request: { path: "/log" },
    answer: { body: "four", trailers: [["x-sum", "7"]] },
    expect: { status: 200, logs: [{ level: "info", message: "/log 200 4 known 7" }] },
  },
];
