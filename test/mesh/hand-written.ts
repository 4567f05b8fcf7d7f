import type { KubeObject } from "../parts/kube-api.js";
import type { Kubernetes } from "../parts/kubernetes.js";

// EnvoyFilters as an operator would write them, independent of ours: they try the mechanism itself.

/** The name of the slot, and of the content that it discovers. */
export const slotName = "hand-written";
/** The label on pods that chooses content. */
export const contentLabel = "test.meshwasm.io/content";
/** Where modules are in a sidecar, and on a node. */
export const store = "/var/local/lib/wasm-filters";

const wasmType = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const rbacType = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";

/** The annotations of a pod whose sidecar sees its node's store. */
export const mounted = {
  "sidecar.istio.io/userVolume": JSON.stringify({
    "wasm-filters": { hostPath: { path: store, type: "DirectoryOrCreate" } },
  }),
  "sidecar.istio.io/userVolumeMount": JSON.stringify({
    "wasm-filters": { mountPath: store, readOnly: true },
  }),
};

/** Puts a slot into the inbound chain of a workload. */
export async function applySlot(
  kube: Kubernetes,
  namespace: string,
  app: string,
  options: { defaultConfig: boolean },
): Promise<void> {
  const noop = { default_config: { "@type": rbacType }, apply_default_config_without_warming: true };
  const value = {
    name: slotName,
    config_discovery: {
      config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      type_urls: [wasmType, rbacType],
      ...(options.defaultConfig ? noop : {}),
    },
  };
  const filter = {
    name: "envoy.filters.network.http_connection_manager",
    subFilter: { name: "envoy.filters.http.router" },
  };
  await apply(
    kube,
    namespace,
    "slot",
    { app },
    {
      applyTo: "HTTP_FILTER",
      match: { context: "SIDECAR_INBOUND", listener: { filterChain: { filter } } },
      patch: { operation: "INSERT_BEFORE", value },
    },
  );
}

/** What a content loads; absent: nothing, the filter passes everything. */
export interface WasmContent {
  /** `config.name` of the plugin. */
  configName: string;
  /** Its file in the store. */
  file: string;
  /** Becomes the value of the header x-hello. */
  greeting: string;
}

/** Writes the content for the pods whose label has that value. */
export async function applyContent(
  kube: Kubernetes,
  namespace: string,
  labelValue: string,
  wasm?: WasmContent,
): Promise<void> {
  const typedConfig = wasm ? wasmConfig(wasm) : { "@type": rbacType };
  await apply(
    kube,
    namespace,
    `content-${labelValue}`,
    { [contentLabel]: labelValue },
    {
      applyTo: "EXTENSION_CONFIG",
      match: { context: "ANY" },
      patch: { operation: "ADD", value: { name: slotName, typed_config: typedConfig } },
    },
  );
}

/** Labels a running pod. */
export async function label(kube: Kubernetes, { metadata }: KubeObject, value: string): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
  await kube.api.patch(path, { metadata: { labels: { [contentLabel]: value } } });
}

/** Whether a dump of an Envoy's listeners has the slot in one that serves. */
export function slotServes(configDump: string): boolean {
  const { configs = [] } = JSON.parse(configDump);
  return configs.some(({ active_state }: KubeObject) =>
    JSON.stringify(active_state ?? "").includes(slotName),
  );
}

/** The metric that exists exactly while the plugin with that `config.name` is loaded. */
export function loadedMetric(configName: string): string {
  return `envoy_wasm_${configName.replaceAll(/[^A-Za-z0-9_]/g, "_")}_vm_reload`;
}

function wasmConfig({ configName, file, greeting }: WasmContent): object {
  const stringValue = "type.googleapis.com/google.protobuf.StringValue";
  return {
    "@type": wasmType,
    config: {
      name: configName,
      root_id: "hello",
      failure_policy: "FAIL_RELOAD",
      configuration: { "@type": stringValue, value: JSON.stringify({ greeting }) },
      vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: `${store}/${file}` } } },
    },
  };
}

async function apply(
  kube: Kubernetes,
  namespace: string,
  name: string,
  labels: Record<string, string>,
  configPatch: object,
): Promise<void> {
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/envoyfilters/${name}`;
  await kube.api.apply(path, {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name, namespace },
    spec: { workloadSelector: { labels }, configPatches: [configPatch] },
  });
}
