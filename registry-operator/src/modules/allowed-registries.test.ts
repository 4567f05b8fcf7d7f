import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowedRegistry } from "./allowed-registries.js";

test("patterns of allowed registries match whole segments", () => {
  const cases: [place: string, patterns: string[] | undefined, allowed: boolean][] = [
    ["registry.example.com/filters/hello", undefined, true],
    ["registry.example.com/filters/hello", [], false],
    ["registry.example.com/filters/hello", ["registry.example.com"], true],
    ["registry.example.com/filters/hello", ["registry.example.com/"], true],
    ["registry.example.com/filters/hello", ["registry.example.com/filters/**"], true],
    ["registry.example.com/filters-2/hello", ["registry.example.com/filters"], false],
    ["registry.example.com/filters", ["registry.example.com/filters/hello"], false],
    ["registry.example.com/team/filters/hello", ["registry.example.com/*/filters"], true],
    ["registry.example.com/a/b/filters/hello", ["registry.example.com/*/filters"], false],
    ["eu.example.com/filters/hello", ["*.example.com"], true],
    ["example.com/filters/hello", ["*.example.com"], false],
    ["a.b.example.com/filters/hello", ["*.example.com"], false],
    ["registry.example.com.evil.test/filters/hello", ["registry.example.com"], false],
    ["REGISTRY.example.com/filters/hello", ["registry.example.com"], true],
    ["127.0.0.1:5000/hello", ["127.0.0.1"], false],
    ["127.0.0.1:5000/hello", ["127.0.0.1:5000"], true],
  ];
  for (const [place, patterns, allowed] of cases) {
    assert.equal(isAllowedRegistry(place, patterns), allowed, `${place} ${JSON.stringify(patterns)}`);
  }
});
