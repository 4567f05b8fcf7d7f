import type { FilterKind } from "../filter/manifest.js";

/** What Envoy does with traffic once the filter's VM has crashed, in the words of the custom resources. */
export type FailurePolicy = "FailReload" | "FailClosed" | "FailOpen";

export interface ExtensionConfigOptions {
  /** HTTP filter chain or network filter chain. */
  kind: FilterKind;
  /** Absolute path of the module as Envoy sees it. */
  wasm: string;
  /** The root context that serves the plugin; empty: the module's only one. */
  rootId: string;
  /** The plugin's name, in logs and in the stat `wasm.<name>.…`. */
  pluginName: string;
  /** The plugin's configuration; absent or empty: none. */
  config?: string | Uint8Array;
  /** Absent: FailReload. */
  failurePolicy?: FailurePolicy;
  /** Further fields of Envoy's PluginConfig, as JSON; absent: none. */
  plugin?: Record<string, unknown>;
  /** What `version_info` gets, and what Envoy then shows in the stat `version_text`. */
  version: string;
}

/** The resource's name in the extension config discovery service, and so in the stats of `extension_config_discovery`. */
export const extensionName = "meshwasm";

const failurePolicies = {
  FailReload: "FAIL_RELOAD",
  FailClosed: "FAIL_CLOSED",
  FailOpen: "FAIL_OPEN",
} as const;

/**
 * The type URL of the Wasm filter.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/filters/http/wasm/v3/wasm.proto and its network twin
 */
export function wasmTypeUrl(kind: FilterKind): string {
  return `type.googleapis.com/envoy.extensions.filters.${kind}.wasm.v3.Wasm`;
}

/**
 * The plugin's configuration as an Any. Text goes as a StringValue, which is what Istio sends; bytes that are not UTF-8 go
 * as a BytesValue. The filter reads the same bytes from both.
 */
function configurationAny(config: string | Uint8Array): object {
  let text: string;
  try {
    text =
      typeof config === "string"
        ? config
        : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(config);
  } catch {
    const value = Buffer.from(config).toString("base64");
    return { "@type": "type.googleapis.com/google.protobuf.BytesValue", value };
  }
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value: text };
}

/**
 * The answer of an extension config discovery service with one Wasm filter in it, for a file that Envoy watches.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/wasm/v3/wasm.proto#extensions-wasm-v3-pluginconfig
 */
export function extensionConfig(options: ExtensionConfigOptions): object {
  const config = options.config ?? "";
  return {
    version_info: options.version,
    resources: [
      {
        "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
        name: extensionName,
        typed_config: {
          "@type": wasmTypeUrl(options.kind),
          config: {
            name: options.pluginName,
            root_id: options.rootId,
            failure_policy: failurePolicies[options.failurePolicy ?? "FailReload"],
            ...(config.length > 0 ? { configuration: configurationAny(config) } : {}),
            ...options.plugin,
            vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: options.wasm } } },
          },
        },
      },
    ],
  };
}
