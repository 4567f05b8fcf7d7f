import assert from "node:assert/strict";
import { test } from "node:test";
import { cyclonedx } from "./cyclonedx.js";
import type { LockedPackage } from "./lock-file.js";

const wasmDigest = `sha256:${"ab".repeat(32)}`;
const tool = { name: "meshwasm", version: "1.0.0" };
const filter: LockedPackage = {
  path: "hello",
  name: "@acme/hello",
  version: "1.2.3",
  license: "Apache-2.0",
  isDevelopment: false,
  needs: ["node_modules/sdk", "node_modules/tool", "node_modules/gone"],
};
const sdk: LockedPackage = {
  path: "node_modules/sdk",
  name: "sdk",
  version: "1.0.0",
  integrity: `sha512-${Buffer.from([1, 2, 255]).toString("base64")}`,
  isDevelopment: false,
  needs: [],
};
const part = (more: Partial<LockedPackage>): LockedPackage => ({ ...sdk, integrity: undefined, ...more });

interface Bom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Component {
  "bom-ref": string;
  type: string;
  group?: string;
  name: string;
  purl?: string;
  hashes?: object[];
  licenses?: object[];
  properties?: object[];
}

const bomOf = (...packages: LockedPackage[]) => cyclonedx({ packages, wasmDigest, tool }) as Bom;

test("the filter is the subject, with the module's digest; its packages are the parts", () => {
  const development = part({
    path: "node_modules/tool",
    name: "tool",
    version: undefined,
    isDevelopment: true,
  });
  const bom = bomOf(filter, sdk, development);
  assert.deepEqual(bom.metadata.component, {
    "bom-ref": "@acme/hello@1.2.3",
    type: "application",
    group: "@acme",
    name: "hello",
    version: "1.2.3",
    purl: "pkg:npm/%40acme/hello@1.2.3",
    licenses: [{ expression: "Apache-2.0" }],
    hashes: [{ alg: "SHA-256", content: "ab".repeat(32) }],
  });
  assert.deepEqual(bom.components, [
    {
      "bom-ref": "sdk@1.0.0",
      type: "library",
      name: "sdk",
      version: "1.0.0",
      purl: "pkg:npm/sdk@1.0.0",
      hashes: [{ alg: "SHA-512", content: "0102ff" }],
    },
    {
      "bom-ref": "tool#node_modules/tool",
      type: "library",
      name: "tool",
      properties: [{ name: "cdx:npm:package:development", value: "true" }],
    },
  ]);
  assert.deepEqual(bom.dependencies, [
    { ref: "@acme/hello@1.2.3", dependsOn: ["sdk@1.0.0", "tool#node_modules/tool"] },
    { ref: "sdk@1.0.0", dependsOn: [] },
    { ref: "tool#node_modules/tool", dependsOn: [] },
  ]);
});

test("a package that is installed twice is one part, and every reference is known", () => {
  const again = part({ path: "node_modules/a/node_modules/sdk" });
  const bom = bomOf({ ...filter, needs: [sdk.path, again.path] }, sdk, again);
  assert.equal(bom.components.length, 1);
  assert.deepEqual(bom.dependencies[0]?.dependsOn, ["sdk@1.0.0"]);
  const known = new Set([bom.metadata.component, ...bom.components].map((each) => each["bom-ref"]));
  for (const { ref, dependsOn } of bom.dependencies) {
    for (const each of [ref, ...dependsOn]) assert.ok(known.has(each), each);
  }
});

test("the same packages give the same document, without a time", () => {
  const text = JSON.stringify(bomOf(filter, sdk));
  assert.equal(JSON.stringify(bomOf(filter, sdk)), text);
  assert.doesNotMatch(text, /timestamp|serialNumber/);
});

test("a licence is an SPDX expression only when it can be one", () => {
  const table: [license: string, expected: object][] = [
    ["MIT", { expression: "MIT" }],
    ["(MIT OR Apache-2.0)", { expression: "(MIT OR Apache-2.0)" }],
    ["GPL-2.0+ WITH Classpath-exception-2.0", { expression: "GPL-2.0+ WITH Classpath-exception-2.0" }],
    ["Apache 2.0", { license: { name: "Apache 2.0" } }],
    ["MIT AND", { license: { name: "MIT AND" } }],
    ["((MIT OR ISC) AND (BSD-3-Clause))", { expression: "((MIT OR ISC) AND (BSD-3-Clause))" }],
    ["LicenseRef-ours OR 0BSD", { expression: "LicenseRef-ours OR 0BSD" }],
    ["MIT (ISC)", { license: { name: "MIT (ISC)" } }],
    ["", { license: { name: "" } }],
    ["(MIT", { license: { name: "(MIT" } }],
    ["MIT/X11", { license: { name: "MIT/X11" } }],
    ["UNLICENSED", { license: { name: "UNLICENSED" } }],
    ["SEE LICENSE IN LICENSE.md", { license: { name: "SEE LICENSE IN LICENSE.md" } }],
  ];
  for (const [license, expected] of table) {
    assert.deepEqual(bomOf({ ...filter, license }).metadata.component.licenses, [expected], license);
  }
});

test("an integrity that is none gives no hash", () => {
  for (const integrity of ["", "md5-AAAA", "sha512", "sha999-AAAA"]) {
    assert.equal(bomOf(filter, part({ integrity })).components[0]?.hashes, undefined, integrity);
  }
});

test("a hostile licence is read in bounded time", () => {
  for (const license of ["(".repeat(500_000), "MIT ".repeat(100_000), `MIT${" ".repeat(100_000)}!`]) {
    assert.deepEqual(bomOf({ ...filter, license }).metadata.component.licenses, [
      { license: { name: license } },
    ]);
  }
});
