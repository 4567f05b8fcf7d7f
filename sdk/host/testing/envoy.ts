import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** The Envoy to test against: `ENVOY_BIN`, then `PATH`, then the project's cache; undefined when there is none. */
export function findEnvoy(): string | undefined {
  const cache = process.env.MESHWASM_CACHE ?? join(homedir(), ".cache", "meshwasm");
  const candidates = [
    process.env.ENVOY_BIN,
    ...(process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "envoy")),
    join(cache, "envoy-1.40.0", "envoy", "_bin", "envoy"),
  ];
  return candidates.find((path) => {
    if (path === undefined || path === "") return false;
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Ports of the loopback address that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Starts something on free ports, and on others when somebody else took one of them meanwhile: twice more at most. */
export async function onFreePorts<T>(count: number, start: (ports: number[]) => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    try {
      return await start(await freePorts(count));
    } catch (error) {
      if (left === 0 || !String(error).includes("Address already in use")) throw error;
    }
  }
}

/** One plugin on a listener of its own. */
export interface EnvoyPlugin {
  readonly name: string;
  readonly kind: "http" | "network";
  readonly wasm: Uint8Array;
  readonly config?: string;
  readonly vmConfig?: string;
  /** Envoy's name; absent: what Envoy does by itself. */
  readonly failurePolicy?: "FAIL_RELOAD" | "FAIL_CLOSED" | "FAIL_OPEN";
  /** Plugins of one module with the same are in one VM; absent: the name. */
  readonly vmId?: string;
  /** `allowed_capabilities`; absent: no restriction. */
  readonly capabilities?: readonly string[];
  /** Of FAIL_RELOAD, in milliseconds. */
  readonly reloadBaseMs?: number;
  /** More filters on the same listener, behind this one. */
  readonly behind?: readonly EnvoyPlugin[];
}

/** A running Envoy. */
export interface RunningEnvoy {
  /** Port of each plugin's listener, in the order in which the plugins were given. */
  readonly ports: readonly number[];
  /** Everything it logged so far. */
  log(): string;
  /** True once the process is gone: it crashed, or was stopped. */
  ended(): boolean;
  stop(): Promise<void>;
}

/** Starts an Envoy in a temporary folder with one listener for each plugin, all in front of one upstream. */
export async function startEnvoy(
  binary: string,
  plugins: readonly EnvoyPlugin[],
  upstreamPort: number,
  calloutPort = upstreamPort,
  grpcPort = upstreamPort,
  workers = 1,
): Promise<RunningEnvoy> {
  const all = plugins.flatMap((plugin) => [plugin, ...(plugin.behind ?? [])]);
  return onFreePorts(plugins.length + 1, async ([adminPort, ...ports]) => {
    const folder = await mkdtemp(join(tmpdir(), "meshwasm-host-"));
    await Promise.all(all.map((plugin) => writeFile(join(folder, `${plugin.name}.wasm`), plugin.wasm)));
    const config = bootstrap(folder, plugins, ports, adminPort!, upstreamPort, calloutPort, grpcPort);
    return { ports, ...(await launchEnvoy(binary, folder, config, adminPort!, workers)) };
  });
}

/**
 * Starts an Envoy with that bootstrap and one worker, unless `workers` says how many, whose admin interface is at `adminPort`,
 * and waits until it is ready. What it logs goes to a file in the folder, which is removed when it stops.
 */
export async function launchEnvoy(
  binary: string,
  folder: string,
  config: object,
  adminPort: number,
  workers = 1,
): Promise<Omit<RunningEnvoy, "ports">> {
  await writeFile(join(folder, "envoy.json"), JSON.stringify(config));
  const logFile = join(folder, "envoy.log");
  const fd = openSync(logFile, "a");
  const options = ["--disable-hot-restart", "--concurrency", String(workers), "-l", "warning"];
  const child = spawn(
    binary,
    ["-c", join(folder, "envoy.json"), ...options, "--component-log-level", "wasm:info"],
    { stdio: ["ignore", fd, fd] },
  );
  closeSync(fd);
  const envoy = {
    log: () => readFileSync(logFile, "utf8"),
    ended: () => child.exitCode !== null || child.signalCode !== null,
    stop: async () => {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await ready(adminPort, envoy);
  } catch (error) {
    await envoy.stop();
    throw error;
  }
  return envoy;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await exited;
}

// With hundreds of plugins, on a machine that does other things too, the start alone takes half a minute.
const READY_MS = 120_000;

async function ready(adminPort: number, envoy: Omit<RunningEnvoy, "ports">): Promise<void> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; ) {
    if (envoy.ended()) throw new Error(`Envoy ended:\n${why(envoy.log())}`);
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`, { signal }).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`Envoy was not ready within ${READY_MS / 1000} s:\n${why(envoy.log())}`);
}

// Many plugins say goodbye after the line that tells why.
function why(log: string): string {
  const critical = log.split("\n").filter((line) => line.includes("][critical]") && !line.includes("[wasm]"));
  return [...critical, log.slice(-4000)].join("\n");
}

function bootstrap(
  folder: string,
  plugins: readonly EnvoyPlugin[],
  ports: readonly number[],
  adminPort: number,
  upstreamPort: number,
  calloutPort: number,
  grpcPort: number,
): object {
  const address = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });
  const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.${name}`;
  const text = (value: string) => ({ "@type": "type.googleapis.com/google.protobuf.StringValue", value });
  const wasm = (plugin: EnvoyPlugin) => ({
    name: plugin.name,
    root_id: "root",
    vm_config: {
      vm_id: plugin.vmId ?? plugin.name,
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: join(folder, `${plugin.name}.wasm`) } },
      configuration: text(plugin.vmConfig ?? ""),
    },
    configuration: text(plugin.config ?? ""),
    ...(plugin.capabilities && {
      capability_restriction_config: {
        allowed_capabilities: Object.fromEntries(plugin.capabilities.map((name) => [name, {}])),
      },
    }),
    ...(plugin.failurePolicy && { failure_policy: plugin.failurePolicy }),
    ...(plugin.reloadBaseMs && {
      reload_config: { backoff: { base_interval: `${plugin.reloadBaseMs / 1000}s` } },
    }),
  });
  const http = (plugin: EnvoyPlugin) => [
    {
      name: "http",
      typed_config: {
        "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
        stat_prefix: plugin.name,
        route_config: {
          virtual_hosts: [
            {
              name: "all",
              domains: ["*"],
              routes: [{ match: { prefix: "/" }, route: { cluster: "upstream" } }],
            },
          ],
        },
        http_filters: [
          ...[plugin, ...(plugin.behind ?? [])].map((each) => ({
            name: each.name,
            typed_config: { "@type": type("http.wasm.v3.Wasm"), config: wasm(each) },
          })),
          {
            name: "router",
            typed_config: { "@type": type("http.router.v3.Router"), suppress_envoy_headers: true },
          },
        ],
        http_protocol_options: { enable_trailers: true },
      },
    },
  ];
  const network = (plugin: EnvoyPlugin) => [
    ...[plugin, ...(plugin.behind ?? [])].map((each) => ({
      name: each.name,
      typed_config: { "@type": type("network.wasm.v3.Wasm"), config: wasm(each) },
    })),
    {
      name: "tcp",
      typed_config: {
        "@type": type("network.tcp_proxy.v3.TcpProxy"),
        stat_prefix: plugin.name,
        cluster: "upstream",
      },
    },
  ];
  return {
    admin: { address: address(adminPort) },
    static_resources: {
      listeners: plugins.map((plugin, index) => ({
        name: plugin.name,
        address: address(ports[index]!),
        filter_chains: [{ filters: plugin.kind === "http" ? http(plugin) : network(plugin) }],
      })),
      // Nobody listens on port 1; a cluster without endpoints has no healthy host.
      clusters: Object.entries({
        upstream: upstreamPort,
        auth: calloutPort,
        grpc: grpcPort,
        nobody: 1,
        down: undefined,
      }).map(([name, port]) => ({
        name,
        type: "STATIC",
        load_assignment: {
          cluster_name: name,
          endpoints: port === undefined ? [] : [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
        },
        typed_extension_protocol_options: {
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            explicit_http_config:
              name === "grpc"
                ? { http2_protocol_options: {} }
                : { http_protocol_options: { enable_trailers: true } },
          },
        },
      })),
    },
  };
}
