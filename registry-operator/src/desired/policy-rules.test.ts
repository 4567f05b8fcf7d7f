import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterPolicy } from "../api/filter-policy.js";
import { disabledBy, rulesFor } from "./policy-rules.js";

test("each policy that binds the namespace is asked for, in a fixed order", () => {
  const policies: FilterPolicy[] = [
    { metadata: { name: "b" }, spec: { maxModuleBytes: 5, allowedCapabilities: ["proxy_log"] } },
    { metadata: { name: "c" }, spec: { namespaces: ["db"], maxModuleBytes: 1 } },
    {
      metadata: { name: "a" },
      spec: {
        namespaces: ["shop"],
        allowedRegistries: ["registry.example.com"],
        signing: { publicKeys: ["k"] },
      },
    },
  ];
  assert.deepEqual(rulesFor("shop", policies), [
    { allowedRegistries: ["registry.example.com"], keys: ["k"] },
    { maxBytes: 5, allowedCapabilities: ["proxy_log"] },
  ]);
  assert.deepEqual(rulesFor("x", []), []);
});

test("a policy that disables is named, the first by name, where it binds", () => {
  const policies: FilterPolicy[] = [
    { metadata: { name: "z" }, spec: { disabled: true } },
    { metadata: { name: "a" }, spec: { disabled: true, namespaces: ["shop"] } },
    { metadata: { name: "0" }, spec: { disabled: false } },
  ];
  assert.equal(disabledBy("shop", policies), "FilterPolicy a");
  assert.equal(disabledBy("db", policies), "FilterPolicy z");
  assert.equal(disabledBy("db", policies.slice(1)), undefined);
  assert.deepEqual(rulesFor("db", policies.slice(0, 1)), [{}], "no reason to resolve anything again");
});
