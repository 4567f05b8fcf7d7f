import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProvenanceInput, slsaProvenance } from "./slsa.js";

const least: ProvenanceInput = {
  format: "compat",
  wasmDigest: `sha256:${"a".repeat(64)}`,
  builderId: "https://ci.example.com/acme/filters/release.yml",
  builderVersion: { meshwasm: "1.0.0" },
};
const module = { name: "filter.wasm", mediaType: "application/wasm", digest: { sha256: "a".repeat(64) } };

test("what is not known is left out", () => {
  assert.deepEqual(slsaProvenance(least), {
    buildDefinition: {
      buildType: "https://meshwasm.io/build/filter/v1",
      externalParameters: { format: "compat" },
      internalParameters: {},
      resolvedDependencies: [],
    },
    runDetails: {
      builder: { id: least.builderId, version: { meshwasm: "1.0.0" } },
      metadata: {},
      byproducts: [module],
    },
  });
});

test("source, lock file and run are named", () => {
  const uri = "https://git.example.com/acme/filters.git";
  const source = { uri, commit: "c0ffee", ref: "refs/tags/v1.0.0", path: "hello" };
  const found = slsaProvenance({
    ...least,
    source,
    isModified: false,
    lockDigest: `sha256:${"b".repeat(64)}`,
    invocationId: "https://ci.example.com/runs/7",
  });
  assert.deepEqual(found, {
    buildDefinition: {
      buildType: "https://meshwasm.io/build/filter/v1",
      externalParameters: { format: "compat", source: { uri, ref: "refs/tags/v1.0.0", path: "hello" } },
      internalParameters: { isModified: false },
      resolvedDependencies: [
        { uri: `git+${uri}@refs/tags/v1.0.0`, digest: { gitCommit: "c0ffee" } },
        { name: "package-lock.json", digest: { sha256: "b".repeat(64) } },
      ],
    },
    runDetails: {
      builder: { id: least.builderId, version: { meshwasm: "1.0.0" } },
      metadata: { invocationId: "https://ci.example.com/runs/7" },
      byproducts: [module],
    },
  });
});

test("a source without commit and ref is named by its address alone", () => {
  const found = slsaProvenance({ ...least, source: { uri: "https://git.example.com/a" } }) as {
    buildDefinition: { resolvedDependencies: object[] };
  };
  assert.deepEqual(found.buildDefinition.resolvedDependencies, [{ uri: "git+https://git.example.com/a" }]);
});
