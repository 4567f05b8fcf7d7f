import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterPlan } from "./envoy-filter.js";
import { slotEnvoyFilter } from "./slot.js";

const plan: FilterPlan = {
  id: "0123456789",
  namespace: "shop",
  name: "limit",
  uid: "u",
  kind: "http",
  matchLabels: { app: "cart" },
  direction: "Inbound",
  ports: [],
  phase: "UNSPECIFIED",
  priority: 0,
  failOpen: false,
};

test("an HTTP slot stands before the router and waits for its content without end", () => {
  const { metadata, spec } = slotEnvoyFilter(plan);
  assert.equal(metadata.name, "meshwasm-0123456789-slot");
  assert.equal(metadata.ownerReferences?.[0]?.uid, "u");
  assert.deepEqual(spec, {
    priority: 0,
    workloadSelector: { labels: { app: "cart" } },
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: {
          context: "SIDECAR_INBOUND",
          listener: {
            filterChain: {
              filter: {
                name: "envoy.filters.network.http_connection_manager",
                subFilter: { name: "envoy.filters.http.router" },
              },
            },
          },
        },
        patch: {
          operation: "INSERT_BEFORE",
          value: {
            name: "meshwasm.io/shop/limit",
            config_discovery: {
              config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
              type_urls: [
                "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
                "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
              ],
            },
          },
        },
      },
    ],
  });
});

test("a fail-open slot has content to begin with; without a selector there is none", () => {
  const { spec } = slotEnvoyFilter({ ...plan, failOpen: true, matchLabels: undefined, kind: "network" });
  assert.ok(!("workloadSelector" in spec));
  const text = JSON.stringify(spec.configPatches);
  assert.match(
    text,
    /"default_config":\{"@type":"[^"]*network\.rbac\.v3\.RBAC","stat_prefix":"meshwasm_noop"\}/,
  );
  assert.match(text, /"apply_default_config_without_warming":true/);
});

test("each port has its place, in whatever order they were named", () => {
  const ports = (spec: FilterPlan["ports"]) =>
    slotEnvoyFilter({ ...plan, ports: spec }).spec.configPatches.map((each) => JSON.stringify(each));
  assert.equal(ports([9080, 80]).length, 2);
  assert.match(ports([9080, 80])[0]!, /"portNumber":80,/);
  assert.deepEqual(ports([80, 9080]), ports([9080, 80]));
});

test("a network slot stands before what ends each chain", () => {
  const text = JSON.stringify(slotEnvoyFilter({ ...plan, kind: "network", direction: "Outbound" }));
  assert.match(
    text,
    /"NETWORK_FILTER".*"SIDECAR_OUTBOUND".*tcp_proxy.*"NETWORK_FILTER".*http_connection_manager/,
  );
});

test("authentication comes first without an anchor, and the higher priority stands in front in both phases", () => {
  const first = slotEnvoyFilter({ ...plan, phase: "AUTHN", priority: 5 });
  assert.match(JSON.stringify(first), /"INSERT_FIRST"/);
  assert.doesNotMatch(JSON.stringify(first), /router/);
  // Inserted first: who is applied later stands in front. Inserted before the router: who is applied earlier does.
  assert.equal(first.spec.priority, 5);
  assert.equal(slotEnvoyFilter({ ...plan, priority: 5 }).spec.priority, -5);
  // Not -0: the API server gives 0 back, which is not the same to a strict comparison.
  assert.ok(Object.is(slotEnvoyFilter(plan).spec.priority, 0));
});

test("before the router phases come before priorities", () => {
  const applied = (phase: FilterPlan["phase"], priority: number) =>
    slotEnvoyFilter({ ...plan, phase, priority }).spec.priority ?? Number.NaN;
  const chain = (["AUTHZ", "STATS", "UNSPECIFIED"] as const).flatMap((phase) =>
    [1_000_000, 1, 0, -1_000_000].map((priority) => applied(phase, priority)),
  );
  assert.deepEqual(
    chain.toSorted((a, b) => a - b),
    chain,
  );
  assert.equal(new Set(chain).size, chain.length);
  assert.ok(
    chain.every((each) => each === (each | 0)),
    "EnvoyFilter's priority has 32 bits",
  );
});
