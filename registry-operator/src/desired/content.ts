import { createHash } from "node:crypto";
import {
  contentName,
  extensionName,
  imageFileName,
  moduleFileName,
  noop,
  pluginName,
  podLabel,
  storeDir,
} from "../api/names.js";
import { canonicalJson } from "./canonical-json.js";
import {
  attemptAnnotation,
  type EnvoyFilter,
  type FilterPlan,
  imageAnnotation,
  moduleDigestAnnotation,
  ownedMetadata,
  valueLabel,
} from "./envoy-filter.js";
import { namedNoopConfig, wasmType } from "./envoy-types.js";
import { imageMount } from "./mount.js";
import { type Content, revisionOf } from "./revision.js";

const failurePolicies = {
  FailReload: "FAIL_RELOAD",
  FailClosed: "FAIL_CLOSED",
  FailOpen: "FAIL_OPEN",
} as const;

/** The EnvoyFilter that fills the slot on the pods that carry the label `noop`: with a filter that does nothing. */
export function noopEnvoyFilter(plan: FilterPlan): EnvoyFilter {
  return contentEnvoyFilter(plan, noop, namedNoopConfig(plan.kind, plan.id), {});
}

/**
 * The EnvoyFilter that fills the slot on the pods that carry the label of this revision.
 *
 * @param attempt from 1; part of the plugin's name, so that Envoy takes it for another configuration
 */
export function revisionEnvoyFilter(plan: FilterPlan, content: Content, attempt: number): EnvoyFilter {
  const revision = revisionOf(content);
  return contentEnvoyFilter(plan, revision, wasmConfig(plan, content, attempt), {
    [moduleDigestAnnotation]: content.moduleDigest,
    [attemptAnnotation]: String(attempt),
    ...(content.image === undefined ? {} : { [imageAnnotation]: content.image }),
  });
}

function contentEnvoyFilter(
  plan: FilterPlan,
  value: string,
  typedConfig: object,
  annotations: Record<string, string>,
): EnvoyFilter {
  return {
    metadata: ownedMetadata(plan, contentName(plan.id, value), {
      labels: { [valueLabel]: value },
      annotations,
    }),
    spec: {
      workloadSelector: { labels: { [podLabel(plan.id)]: value } },
      configPatches: [
        {
          applyTo: "EXTENSION_CONFIG",
          match: { context: "ANY" },
          patch: {
            operation: "ADD",
            value: { name: extensionName(plan.namespace, plan.name), typed_config: typedConfig },
          },
        },
      ],
    },
  };
}

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/wasm/v3/wasm.proto#extensions-wasm-v3-pluginconfig */
function wasmConfig(plan: FilterPlan, content: Content, attempt: number): object {
  const { kind, moduleDigest, rootId, config, failurePolicy, env, allowedCapabilities } = content;
  const withEnv = Object.keys(env).length > 0;
  return {
    "@type": wasmType(kind),
    config: {
      name: pluginName(plan.id, revisionOf(content), moduleDigest, attempt),
      root_id: rootId,
      failure_policy: failurePolicies[failurePolicy],
      // Without it a new VM waits up to a second, and every request gets 503 meanwhile.
      ...(failurePolicy === "FailReload"
        ? { reload_config: { backoff: { base_interval: "0.1s", max_interval: "1s" } } }
        : {}),
      ...(config === undefined ? {} : { configuration: stringValue(JSON.stringify(config)) }),
      ...(allowedCapabilities === undefined
        ? {}
        : { capability_restriction_config: { allowed_capabilities: restriction(allowedCapabilities) } }),
      vm_config: {
        vm_id: vmId(plan.id, content),
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: fileOf(plan.id, content) } },
        ...(withEnv ? { environment_variables: { key_values: env } } : {}),
      },
    },
  };
}

/** Where the pods that get this content have the module. */
function fileOf(id: string, { image, moduleDigest }: Content): string {
  return image === undefined
    ? `${storeDir}/${moduleFileName(moduleDigest)}`
    : `${imageMount(id, image).path}/${imageFileName}`;
}

/** The type of a value has no fields. */
function restriction(capabilities: readonly string[]): Record<string, object> {
  return Object.fromEntries(capabilities.map((name) => [name, {}]));
}

/**
 * One VM for each FilterDeployment, so that a crash of one filter is no crash of another with the same module, and shared
 * data lives on over an upgrade. Envoy's key of a VM looks neither at the environment nor at what is allowed, so the name
 * has to.
 */
function vmId(id: string, { env, allowedCapabilities }: Content): string {
  const differs = allowedCapabilities === undefined ? env : { env, allowedCapabilities };
  if (Object.keys(differs).length === 0) return `meshwasm-${id}`;
  return `meshwasm-${id}.${createHash("sha256").update(canonicalJson(differs)).digest("hex").slice(0, 10)}`;
}

/** What Istio sends, and what the SDK's configuration reads. */
function stringValue(value: string): object {
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value };
}
