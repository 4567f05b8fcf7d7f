import { createHash } from "node:crypto";
import {
  contentName,
  extensionName,
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
  moduleDigestAnnotation,
  ownedMetadata,
  valueLabel,
} from "./envoy-filter.js";
import { noopConfig, wasmType } from "./envoy-types.js";
import { type Content, revisionOf } from "./revision.js";

const failurePolicies = {
  FailReload: "FAIL_RELOAD",
  FailClosed: "FAIL_CLOSED",
  FailOpen: "FAIL_OPEN",
} as const;

/** The EnvoyFilter that fills the slot on the pods that carry the label `noop`: with a filter that does nothing. */
export function noopEnvoyFilter(plan: FilterPlan): EnvoyFilter {
  return contentEnvoyFilter(plan, noop, noopConfig(plan.kind), {});
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
  const { kind, moduleDigest, rootId, config, failurePolicy, env } = content;
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
      vm_config: {
        vm_id: vmId(plan.id, env),
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { filename: `${storeDir}/${moduleFileName(moduleDigest)}` } },
        ...(withEnv ? { environment_variables: { key_values: env } } : {}),
      },
    },
  };
}

/**
 * One VM for each FilterDeployment, so that a crash of one filter is no crash of another with the same module, and shared
 * data lives on over an upgrade. Envoy's key of a VM does not look at the environment, so the name has to.
 */
function vmId(id: string, env: Record<string, string>): string {
  if (Object.keys(env).length === 0) return `meshwasm-${id}`;
  return `meshwasm-${id}.${createHash("sha256").update(canonicalJson(env)).digest("hex").slice(0, 10)}`;
}

/** What Istio sends, and what the SDK's configuration reads. */
function stringValue(value: string): object {
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value };
}
