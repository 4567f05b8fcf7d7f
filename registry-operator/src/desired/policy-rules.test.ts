import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterPolicy } from "../api/filter-policy.js";
import { rulesFor } from "./policy-rules.js";

test("each policy that binds the namespace is asked for, in a fixed order", () => {
  const policies: FilterPolicy[] = [
    { metadata: { name: "b" }, spec: { maxModuleBytes: 5 } },
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
    { maxBytes: 5 },
  ]);
  assert.deepEqual(rulesFor("x", []), []);
});
