import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { FilterDeployment } from "../api/filter-deployment.js";
import type { FilterPolicy } from "../api/filter-policy.js";
import type { KnownModule } from "../modules/index.js";
import { judgeFilter } from "./judge-filter.js";
import { judgePolicy } from "./judge-policy.js";
import { readReview, reviewOf } from "./review.js";

const image = "registry.example.com/filters/limit:1.0.0";
const digest = `sha256:${"a".repeat(64)}`;
const module: KnownModule = {
  ...{ manifestDigest: digest, bytes: 2000, rootId: "limit", imports: ["proxy_http_call", "proxy_log"] },
  callbacks: ["proxy_on_configure", "proxy_on_request_headers"],
  configSchema: { type: "object", properties: { rps: { type: "integer" } }, additionalProperties: false },
};

/** A FilterDeployment; what it was resolved to is known when `resolved`. */
function filter(name: string, spec: Partial<FilterDeployment["spec"]> = {}, more: object = {}) {
  const metadata = { namespace: "shop", name, creationTimestamp: "2026-01-02T00:00:00Z", ...more };
  return { metadata, spec: { filter: { image }, ...spec } } as FilterDeployment;
}

interface Scene {
  old?: FilterDeployment;
  policies?: FilterPolicy["spec"][];
  filters?: FilterDeployment[];
  modules?: Record<string, KnownModule>;
}

function judge(written: FilterDeployment, { old, policies = [], filters = [], modules = {} }: Scene = {}) {
  return judgeFilter({
    ...{ namespace: "shop", filter: written, old, rootNamespace: "istio-system" },
    known: {
      complete: true,
      policies: () => policies.map((spec, index) => ({ metadata: { name: `p${index}` }, spec })),
      filters: () => filters,
      workloadAt: () => undefined,
    },
    store: { recall: async (asked, manifest) => modules[manifest ?? asked] },
  });
}

test("an image that is none, or from elsewhere than a policy allows, is refused", async () => {
  const bad = await judge(filter("a", { filter: { image: "registry.example.com/filters/limit@sha256:12" } }));
  assert.match(bad.refusals.join(), /^ImageInvalid: .*sha256:12/);
  const policies = [{ allowedRegistries: ["other.example.com"] }, { allowedRegistries: ["*.example.com"] }];
  const elsewhere = await judge(filter("a"), { policies });
  assert.equal(elsewhere.refusals.length, 1);
  assert.match(elsewhere.refusals.join(), /^RegistryNotAllowed: .*registry.example.com\/filters\/limit/);
  assert.deepEqual(await judge(filter("a"), { policies: policies.slice(1) }), { refusals: [], warnings: [] });
  const off = await judge(filter("a"), { policies: [{ disabled: true }] });
  assert.deepEqual(off.warnings, ["FilterPolicy p0 has all filters of this namespace do nothing"]);
  const unbound = [{ allowedRegistries: [], namespaces: ["other"] }];
  assert.deepEqual((await judge(filter("a"), { policies: unbound })).refusals, []);
});

test("the configuration is checked against what this namespace, or anybody, has been given for the image", async () => {
  const wrong = filter("a", { filter: { image, config: { rps: "ten" } } });
  assert.deepEqual((await judge(wrong)).refusals, [], "nothing is known");
  const others = filter("b", {}, { namespace: "elsewhere" });
  others.status = { resolved: { image, manifestDigest: digest } as never };
  const scene = { modules: { [digest]: module } };
  assert.deepEqual((await judge(wrong, { ...scene, filters: [others] })).refusals, [], "another namespace's");
  const ours = { ...others, metadata: { ...others.metadata, namespace: "shop" } };
  assert.match(
    (await judge(wrong, { ...scene, filters: [ours] })).refusals.join(),
    /^ConfigInvalid: .*rps must be integer/,
  );
  assert.match((await judge(wrong, { modules: { [image]: module } })).refusals.join(), /^ConfigInvalid/);
  const right = filter("a", { filter: { image, config: { rps: 10 } } });
  assert.deepEqual((await judge(right, { modules: { [image]: module } })).refusals, []);
  const always = filter("a", { filter: { image, imagePullPolicy: "Always", config: { rps: "ten" } } });
  const verdict = await judge(always, { modules: { [image]: module } });
  assert.deepEqual([verdict.refusals.length, verdict.warnings.length], [0, 1], "the tag may have moved");
});

test("a module that is known to be larger, or to import more, than a policy allows is refused", async () => {
  const scene = { policies: [{ maxModuleBytes: 1999 }], modules: { [image]: module } };
  assert.match((await judge(filter("a"), scene)).refusals.join(), /^ModuleTooLarge: .*2000/);
  const callouts = { ...scene, policies: [{ allowedCapabilities: ["proxy_log"] }] };
  assert.match(
    (await judge(filter("a"), callouts)).refusals.join(),
    /^CapabilityNotAllowed: .*: proxy_http_call \(/,
  );
});

test("a restriction that would switch off the module's callbacks is refused; one of its hostcalls is a warning", async () => {
  const modules = { [image]: module };
  const restricted = (...allowedCapabilities: string[]) =>
    filter("a", { filter: { image, vm: { allowedCapabilities } } });
  const narrow = restricted("proxy_log", "proxy_http_call", "proxy_on_configure");
  const verdict = await judge(narrow, { modules });
  assert.match(verdict.refusals.join(), /^CallbackNotAllowed: .*: proxy_on_request_headers \(add them/);
  const paused = { ...narrow, spec: { ...narrow.spec, paused: true } };
  assert.deepEqual((await judge(paused, { modules, old: narrow })).refusals, [], "it was let in before");
  const wide = restricted("proxy_log", "proxy_on_configure", "proxy_on_request_headers");
  assert.deepEqual(await judge(wide, { modules }), {
    refusals: [],
    warnings: [
      "spec.filter.vm.allowedCapabilities leaves out what the module imports: proxy_http_call. Each call of these will fail",
    ],
  });
});

test("only what a write changes is judged", async () => {
  const policies = [{ allowedRegistries: [] }];
  const old = filter("a");
  const refused = async (next: FilterDeployment, before: FilterDeployment | undefined) =>
    (await judge(next, { policies, ...(before ? { old: before } : {}) })).refusals.length > 0;
  assert.ok(await refused(old, undefined));
  assert.ok(!(await refused({ ...old, metadata: { ...old.metadata, labels: { a: "b" } } }, old)), "a label");
  assert.ok(!(await refused(filter("a", { paused: true }), old)), "pausing");
  assert.ok(!(await refused(filter("a", {}, { deletionTimestamp: "2026-01-03T00:00:00Z" }), undefined)));
  assert.ok(await refused(filter("a", { filter: { image: `${image}-2` } }), old), "another image");
});

test("two filters with one root id on one workload: a warning says who goes first", async () => {
  const labels = (app: string) => ({ workloadSelector: { matchLabels: { app } } });
  const known = (name: string, spec: object, more = {}) => {
    const other = filter(name, spec, more);
    other.status = { resolved: { image, rootId: "limit", manifestDigest: digest } as never };
    return other;
  };
  const scene = {
    modules: { [digest]: module },
    filters: [
      known("whole-namespace", {}),
      known("web", labels("web"), { creationTimestamp: "2026-01-01T00:00:00Z" }),
      known("other-app", labels("db")),
      known("outbound", { traffic: { direction: "Outbound" } }),
      known("mesh", {}, { namespace: "istio-system" }),
      known("elsewhere", {}, { namespace: "elsewhere" }),
      known("gone", {}, { deletionTimestamp: "2026-01-03T00:00:00Z" }),
    ],
  };
  const { refusals, warnings } = await judge(filter("a", labels("web")), scene);
  assert.deepEqual(refusals, []);
  assert.deepEqual(
    warnings.map((text) => text.replace(/ has the root id 'limit' too; where both select a pod,/, ":")),
    [
      "istio-system/mesh: this one goes first and the other does nothing",
      "shop/web: shop/web goes first and the other does nothing",
      "shop/whole-namespace: this one goes first and the other does nothing",
    ],
  );
  const renamed = filter("a", { ...labels("web"), filter: { image, rootId: "another" } });
  assert.deepEqual((await judge(renamed, scene)).warnings, []);
});

test("a step of a rollout that names no workload is a warning", async () => {
  const rollout = { steps: [{ workloads: ["Deployment/canary"] }] };
  const { refusals, warnings } = await judge(filter("a", { rollout }));
  assert.deepEqual(refusals, []);
  assert.match(warnings.join(), /there is no Deployment 'canary' in namespace shop/);
});

test("a policy with a key that nothing can be verified with is refused; who is left outside is told", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsa = String(publicKey.export({ type: "spki", format: "pem" }));
  const known = {
    complete: true,
    policies: () => [],
    filters: () => ["a", "b", "c", "d"].map((name) => filter(name)),
    workloadAt: () => undefined,
  };
  const policy = (spec: FilterPolicy["spec"]) => ({ metadata: { name: "p" }, spec });
  const bad = judgePolicy(policy({ signing: { publicKeys: [rsa] } }), undefined, known);
  assert.match(bad.refusals.join(), /^PolicyInvalid: .*publicKeys\[0\] is of the kind RSA/);
  assert.deepEqual(
    judgePolicy(policy({ signing: { publicKeys: [rsa] } }), policy({ signing: { publicKeys: [rsa] } }), known)
      .refusals,
    [],
  );
  const strict = judgePolicy(
    policy({ allowedRegistries: ["https://registry.example.com"] }),
    undefined,
    known,
  );
  assert.deepEqual(strict.refusals, []);
  assert.match(strict.warnings[0] ?? "", /'https:.*' matches nothing/);
  assert.match(strict.warnings[1] ?? "", /shop\/a, shop\/b, shop\/c and 1 more/);
  const wide = policy({ allowedRegistries: ["*.example.com/filters", "localhost:5000"] });
  assert.deepEqual(judgePolicy(wide, undefined, known), { refusals: [], warnings: [] });
});

test("what is no review is none; answers are cut to what the API server takes", () => {
  const object = { metadata: {}, spec: {} };
  for (const request of [undefined, 1, [], {}, { uid: "u" }, { uid: "u", kind: {}, object }]) {
    assert.equal(readReview({ request }), undefined);
  }
  assert.equal(
    readReview({ request: { uid: "u", kind: { kind: "X" }, object: null, oldObject: object } }),
    undefined,
  );
  assert.equal(readReview({ request: { uid: "u", kind: { kind: "X" }, object } })?.oldObject, undefined);
  const answer = reviewOf("u", {
    refusals: [],
    warnings: Array.from({ length: 20 }, () => `a\n${"x".repeat(500)}`),
  });
  const { warnings } = (answer as { response: { warnings: string[] } }).response;
  assert.equal(warnings.length, 8);
  assert.ok(warnings.every((text) => text.length === 250 && !text.includes("\n")));
});
