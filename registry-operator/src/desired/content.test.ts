import assert from "node:assert/strict";
import { test } from "node:test";
import { contentName, podLabel } from "../api/names.js";
import { noopEnvoyFilter, revisionEnvoyFilter } from "./content.js";
import { type FilterPlan, knownContent } from "./envoy-filter.js";
import { type Content, revisionOf } from "./revision.js";

const hex = "ab".repeat(32);
const plan: FilterPlan = {
  id: "0123456789",
  namespace: "shop",
  name: "limit",
  uid: "u",
  kind: "http",
  matchLabels: undefined,
  direction: "Inbound",
  ports: [],
  phase: "UNSPECIFIED",
  priority: 0,
  failOpen: false,
};
const content: Content = {
  kind: "http",
  moduleDigest: `sha256:${hex}`,
  rootId: "limit",
  config: { perSecond: 10, text: "ä" },
  failurePolicy: "FailReload",
  env: {},
};

test("a revision's content names the file by digest, and is chosen by the pod's label", () => {
  const revision = revisionOf(content);
  const { metadata, spec } = revisionEnvoyFilter(plan, content, 2);
  assert.equal(metadata.name, contentName(plan.id, revision));
  assert.deepEqual(spec.workloadSelector, { labels: { [podLabel(plan.id)]: revision } });
  assert.deepEqual(spec.configPatches, [
    {
      applyTo: "EXTENSION_CONFIG",
      match: { context: "ANY" },
      patch: {
        operation: "ADD",
        value: {
          name: "meshwasm.io/shop/limit",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            config: {
              name: `meshwasm-0123456789.${revision}.sha256-${hex}.2`,
              root_id: "limit",
              failure_policy: "FAIL_RELOAD",
              reload_config: { backoff: { base_interval: "0.1s", max_interval: "1s" } },
              configuration: {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                value: '{"perSecond":10,"text":"ä"}',
              },
              vm_config: {
                vm_id: "meshwasm-0123456789",
                runtime: "envoy.wasm.runtime.v8",
                code: { local: { filename: `/var/local/lib/wasm-filters/sha256-${hex}.wasm` } },
              },
            },
          },
        },
      },
    },
  ]);
});

test("what is allowed is a part of the revision and of the VM's name; where all is, neither knows of it", () => {
  const configOf = (each: Content) => {
    const [patch] = revisionEnvoyFilter(plan, each, 1).spec.configPatches;
    // biome-ignore lint/suspicious/noExplicitAny: what Istio passes on has no type here
    return (patch as any).patch.value.typed_config.config;
  };
  const restricted = { ...content, allowedCapabilities: ["proxy_log", "proxy_on_configure"] };
  assert.deepEqual(configOf(restricted).capability_restriction_config, {
    allowed_capabilities: { proxy_log: {}, proxy_on_configure: {} },
  });
  assert.match(configOf(restricted).vm_config.vm_id, /^meshwasm-0123456789\.[0-9a-f]{10}$/);
  assert.notEqual(revisionOf(restricted), revisionOf(content));
  const open = { ...content, allowedCapabilities: undefined };
  assert.deepEqual([revisionOf(open), configOf(open)], [revisionOf(content), configOf(content)]);
});

test("what was written can be read back; what is none of ours cannot", () => {
  const written = revisionEnvoyFilter(plan, content, 7);
  assert.deepEqual(knownContent(plan.id, written), {
    name: written.metadata.name,
    value: revisionOf(content),
    moduleDigest: content.moduleDigest,
    attempt: 7,
  });
  assert.equal(knownContent(plan.id, noopEnvoyFilter(plan))?.moduleDigest, undefined);
  assert.equal(knownContent("9876543210", written), undefined);
  assert.equal(
    knownContent(plan.id, { ...written, metadata: { ...written.metadata, annotations: {} } }),
    undefined,
  );
});

test("another environment is another VM, and a retry is another name of the same revision", () => {
  const text = (env: Record<string, string>, attempt = 1) =>
    JSON.stringify(revisionEnvoyFilter(plan, { ...content, env }, attempt).spec);
  const vmId = (spec: string) => /"vm_id":"([^"]*)"/.exec(spec)?.[1];
  assert.notEqual(vmId(text({ A: "1" })), vmId(text({ A: "2" })));
  assert.match(text({ A: "1" }), /"environment_variables":\{"key_values":\{"A":"1"\}\}/);
  assert.equal(text({}, 3).replace(/\.3"/, '.1"'), text({}));
});

test("without a configuration the filter gets none; only FailReload reloads", () => {
  const text = JSON.stringify(
    revisionEnvoyFilter(plan, { ...content, config: undefined, failurePolicy: "FailOpen" }, 1),
  );
  assert.doesNotMatch(text, /"configuration"|reload_config/);
  assert.match(text, /"failure_policy":"FAIL_OPEN"/);
});

test("the content that does nothing names no file", () => {
  assert.doesNotMatch(JSON.stringify(noopEnvoyFilter(plan)), /wasm-filters/);
});

test("with an image the content names the file in it, under a path that is the image's own", () => {
  const image = `registry.example.com/limit@sha256:${"cd".repeat(32)}`;
  const inImage = { ...content, image };
  assert.notEqual(revisionOf(inImage), revisionOf(content));
  assert.notEqual(
    revisionOf(inImage),
    revisionOf({ ...content, image: image.replace("d@", "e@").replace(/d$/, "e") }),
  );
  assert.equal(revisionOf({ ...content, image: undefined }), revisionOf(content));
  const filter = revisionEnvoyFilter(plan, inImage, 1);
  assert.ok(
    JSON.stringify(filter.spec).includes(
      `"filename":"/var/local/lib/wasm-images/0123456789/sha256-${"cd".repeat(32)}/plugin.wasm"`,
    ),
  );
  assert.equal(knownContent(plan.id, filter)?.image, image);
  assert.equal(knownContent(plan.id, revisionEnvoyFilter(plan, content, 1))?.image, undefined);
});
