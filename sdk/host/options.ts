import type { Cluster, Clusters } from "./callouts/clusters.js";
import { MeshwasmError } from "./errors.js";
import type { ForeignFunction, ForeignFunctions } from "./foreign/envoy-functions.js";
import { givenProperty, type PropertyInput } from "./properties/given.js";
import type { Addresses } from "./properties/stream-info.js";
import type { PropertyValue } from "./properties/value.js";
import { LOG_LEVELS, type LogEntry, type LogLevel } from "./world/logs.js";
import { World } from "./world/world.js";

/** A configuration: text, bytes, or an object that is turned into JSON. */
export type ConfigInput = string | Uint8Array | object;

const failurePolicies = ["FailClosed", "FailOpen", "FailReload"] as const;

/** What happens to streams once the VM is dead. */
export type FailurePolicy = (typeof failurePolicies)[number];

/** How a {@link Host} is set up; every field may be left out. */
export interface HostOptions {
  /** The plugin's `root_id`; default empty. */
  rootId?: string;
  /** The VM's `vm_id`; default empty. */
  vmId?: string;
  /** The plugin's `name`; default empty. */
  pluginName?: string;
  /** The plugin's configuration; default empty. */
  pluginConfig?: ConfigInput;
  /** The VM's configuration; default empty. */
  vmConfig?: ConfigInput;
  /** Messages below it are dropped, as Envoy does it; default `info`. */
  logLevel?: LogLevel;
  /** Called for every message that is kept, at once. */
  onLog?: (entry: LogEntry) => void;
  /**
   * What streams get once the VM is dead. The one that it died in gets 503, or its connection is closed. Later ones too with
   * `FailClosed` (default); with `FailOpen` they go past the filter; with `FailReload` they get a new VM.
   * https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/wasm/v3/wasm.proto#enum-extensions-wasm-v3-failurepolicy
   */
  failurePolicy?: FailurePolicy;
  /**
   * Of `FailReload`: the least milliseconds of virtual time between two VMs; streams before that get 503. Default 1000, as
   * Envoy. Envoy makes it up to half as long again, by chance.
   */
  reloadIntervalMs?: number;
  /** Environment variables that the module sees through WASI; default none. */
  environment?: Readonly<Record<string, string>>;
  /** Wall-clock time at which the host's clock starts and then stands still (ms since 1970, or a Date); default now. */
  now?: number | Date;
  /** Bytes of a body that may be held back before it gets 413 or 500; default 1 MiB, as Envoy. */
  bufferLimit?: number;
  /** The client's address; default `127.0.0.1:40000`. */
  source?: string;
  /** The upstream's address; default `127.0.0.1:8080`. */
  upstreamAddress?: string;
  /** The listener's address; default `127.0.0.1:10000`. */
  destination?: string;
  /**
   * Properties that the host cannot know, by path with dots (`xds.node.id`, `xds.cluster_name`); they win over its own.
   * A bigint is an int, a number a double; metadata may be given whole, as an object: `{ "xds.node.metadata": { team: "blue" } }`.
   */
  properties?: Readonly<Record<string, PropertyInput>>;
  /** Clusters that the filter may call, by name; others are not there (`proxy_http_call` answers BadArgument). */
  clusters?: Readonly<Record<string, Cluster>>;
  /**
   * Functions for `proxy_call_foreign_function`, by name: they give bytes, or an ABI status as a number. They win
   * over Envoy's own.
   */
  foreignFunctions?: Readonly<Record<string, ForeignFunction>>;
  /**
   * Addresses for `envoy_resolve_dns`, by name; other names have none. The answer comes once the filter's callback has
   * returned; for an address or an `.onion` name it comes at once, as in Envoy.
   */
  dns?: Readonly<Record<string, readonly string[]>>;
  /**
   * `allow_on_headers_stop_iteration` of the plugin's configuration in Envoy: answer 1 of a headers callback holds back the
   * headers alone, and the body's callbacks come. Default false.
   */
  allowOnHeadersStopIteration?: boolean;
  /** Shared with other hosts: they are VMs of one Envoy then, and `now` is the world's. Default: one of its own. */
  world?: World;
  /**
   * The module's source map, as JSON text: places of traps are told in the source then. Default: none;
   * `Host.fromFile` takes the file beside the module.
   */
  sourceMap?: string;
  /**
   * `capability_restriction_config.allowed_capabilities` of the plugin's configuration in Envoy: the hostcalls and callbacks that
   * the module may use, such as `proxy_log`, `proxy_on_request_headers` and `fd_write`. Empty (default): all of them. Other
   * callbacks are not called, other hostcalls answer InternalFailure (WASI's: 76).
   */
  allowedCapabilities?: readonly string[];
  /**
   * Turns of loops, and calls of functions that call others, which one callback may make before the test fails with
   * `ENDLESS_LOOP`; default 500,000,000. 0: no limit, and the module's bytes run as they are; otherwise they run with a counter in
   * between.
   */
  loopLimit?: number;
  /** False: no transcript, which is faster; default true. */
  transcript?: boolean;
  /** Log entries and root calls that are kept at least; default 10,000. */
  keep?: number;
}

/** The bytes of a configuration. */
export function configBytes(config: ConfigInput | undefined): Buffer {
  if (config === undefined) return Buffer.alloc(0);
  if (typeof config === "string") return Buffer.from(config, "utf8");
  if (config instanceof Uint8Array) return Buffer.from(config);
  return Buffer.from(JSON.stringify(config), "utf8");
}

/** Options with every default filled in. */
export interface Settings {
  readonly rootId: string;
  readonly vmId: string;
  readonly pluginName: string;
  readonly pluginConfig: Buffer;
  readonly vmConfig: Buffer;
  readonly logLevel: LogLevel;
  readonly onLog: ((entry: LogEntry) => void) | undefined;
  readonly failurePolicy: FailurePolicy;
  readonly reloadIntervalMs: number;
  readonly environment: ReadonlyMap<string, string>;
  readonly world: World;
  readonly clusters: Clusters;
  readonly foreignFunctions: ForeignFunctions;
  readonly dns: ReadonlyMap<string, readonly string[]>;
  readonly headersStopAlone: boolean;
  readonly bufferLimit: number;
  readonly addresses: Addresses;
  readonly properties: ReadonlyMap<string, PropertyValue>;
  readonly transcript: boolean;
  readonly capabilities: ReadonlySet<string>;
  readonly loopLimit: number;
  readonly keep: number;
}

// The counter is an i32.
const MAX_LOOP_LIMIT = 2 ** 31 - 1;

/** Checks the options and fills in what was left out. @throws MeshwasmError `USAGE` */
export function settings(options: HostOptions): Settings {
  const { logLevel = "info", failurePolicy = "FailClosed", now = Date.now() } = options;
  if (!LOG_LEVELS.includes(logLevel))
    throw new MeshwasmError("USAGE", `logLevel cannot be ${JSON.stringify(logLevel)}`, {
      hint: `one of ${LOG_LEVELS.join(", ")}`,
    });
  if (!failurePolicies.includes(failurePolicy))
    throw new MeshwasmError("USAGE", `failurePolicy cannot be ${JSON.stringify(failurePolicy)}`, {
      hint: `one of ${failurePolicies.join(", ")}`,
    });
  const { loopLimit = 500_000_000 } = options;
  if (!Number.isInteger(loopLimit) || loopLimit < 0 || loopLimit > MAX_LOOP_LIMIT)
    throw new MeshwasmError("USAGE", `loopLimit cannot be ${loopLimit}`, {
      hint: `a whole number from 0 to ${MAX_LOOP_LIMIT.toLocaleString("en")}`,
    });
  const properties = Object.entries(options.properties ?? {}).map(
    ([path, value]): [string, PropertyValue] => [path, givenProperty(value)],
  );
  return {
    rootId: options.rootId ?? "",
    vmId: options.vmId ?? "",
    pluginName: options.pluginName ?? "",
    pluginConfig: configBytes(options.pluginConfig),
    vmConfig: configBytes(options.vmConfig),
    logLevel,
    onLog: options.onLog,
    failurePolicy,
    reloadIntervalMs: options.reloadIntervalMs ?? 1000,
    environment: new Map(Object.entries(options.environment ?? {})),
    world: options.world ?? new World({ now }),
    foreignFunctions: new Map(Object.entries(options.foreignFunctions ?? {})),
    clusters: new Map(Object.entries(options.clusters ?? {})),
    dns: new Map(Object.entries(options.dns ?? {})),
    headersStopAlone: options.allowOnHeadersStopIteration ?? false,
    bufferLimit: options.bufferLimit ?? 1024 * 1024,
    addresses: {
      source: options.source ?? "127.0.0.1:40000",
      destination: options.destination ?? "127.0.0.1:10000",
      upstreamAddress: options.upstreamAddress ?? "127.0.0.1:8080",
    },
    properties: new Map(properties),
    transcript: options.transcript ?? true,
    capabilities: new Set(options.allowedCapabilities ?? []),
    loopLimit,
    keep: options.keep ?? 10_000,
  };
}
