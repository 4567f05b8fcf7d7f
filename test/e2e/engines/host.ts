import {
  type Exchange,
  Host,
  type HostOptions,
  type LogEntry,
  type SeenRequest,
  World,
} from "@meshwasm/sdk/host";
import { grpcScript } from "../../../sdk/host/testing/grpc-server.js";
import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";
import { calleeAnswer } from "./callee.js";
import { type BuiltFilter, type Engine, type HttpOutcome, names, type TcpOutcome } from "./engine.js";

/** The in-process host as an engine: a fresh host for each case. */
export function hostEngine(filter: BuiltFilter): Engine {
  const { wasm, rootId, alsoAs = [], allowOnHeadersStopIteration = false } = filter;
  let asked: HttpOutcome["callee"] = null;
  const logged: LogEntry[] = [];
  const callee = (request: SeenRequest) => {
    asked = { path: request.path, body: request.text() };
    return calleeAnswer(request.path);
  };
  const options = {
    rootId,
    pluginName: rootId,
    clusters: { callee, grpc: { grpc: grpcScript } },
    allowOnHeadersStopIteration,
    ...(filter.named ? { properties: namedProperties } : {}),
    onLog: (entry: LogEntry) => logged.push(entry),
  };
  const start = (config: string | object, world: World, more: HostOptions = {}) =>
    new Host(wasm, { ...options, world, pluginConfig: config, ...more }).start();
  const outside = filter.vmConfig === undefined ? {} : { vmConfig: filter.vmConfig };
  // Envoy's own words on a trap, which the other engine leaves out as well.
  const isFilters = ({ message }: { message: string }) => !message.startsWith("Function: ");
  const plain = ({ level, message }: { level: string; message: string }) => ({ level, message });
  return {
    async http({ config = "", request, answer = {}, reconfigure }: HttpCase): Promise<HttpOutcome> {
      asked = null;
      const world = new World();
      const host = start(config, world);
      const others = alsoAs.map((role) => ({ role, plugin: start({ role }, world, outside) }));
      logged.length = 0; // What a plugin logs while it starts is not the exchange's.
      const exchange = request.metadata ? withMetadata(host, request) : host.exchange(request, answer);
      // A filter that waits for time to pass: it stands still otherwise.
      for (let passed = 0; exchange.paused && passed < 1000; passed += 10) host.advance(10);
      for (const { role, plugin } of others) {
        if (role === "stats") plugin.flushStats();
        else plugin.logAccess(exchange);
      }
      if (reconfigure !== undefined) {
        host.configure(reconfigure);
        host.advance(100);
      }
      const seen = exchange.request;
      return {
        ...responseOf(exchange),
        upstream: seen
          ? {
              path: seen.path,
              headers: [["host", seen.authority], ...seen.headers.entries()],
              body: seen.text(),
              trailers: [...seen.trailers.entries()],
            }
          : null,
        callee: asked,
        logs: logged.filter(isFilters).map(plain),
      };
    },
    async tcp({ config, steps }: TcpCase): Promise<TcpOutcome> {
      const host = start(config, new World());
      const before = host.logs.length;
      const connection = host.tcp().connect();
      const outcome = steps.map(({ from, data, end, upstream }) => {
        if (from === "client") connection.downstreamData(data, end);
        else connection.upstreamData(data, end);
        // A filter that waits for time to pass: it stands still otherwise.
        for (let passed = 0; connection.upstream.text() !== upstream && passed < 100; passed += 10)
          host.advance(10);
        return { client: connection.client.text(), upstream: connection.upstream.text() };
      });
      const closed = connection.closed === "local" || connection.client.ended;
      connection.disconnect();
      return { steps: outcome, closed, logs: host.logs.slice(before).map(plain) };
    },
    async close() {},
  };
}

/** What the host cannot know by itself, since it has no configuration but the filter's: as properties by path. */
const namedProperties = {
  "xds.node.id": names.node.id,
  "xds.node.cluster": names.node.cluster,
  "xds.node.metadata.team": names.node.metadata.team,
  "xds.cluster_name": "upstream",
  "xds.cluster_metadata.filter_metadata.test.tier.name":
    names.cluster.metadata.filter_metadata.test.tier.name,
  "xds.route_name": names.route.name,
  "xds.route_metadata.filter_metadata.test.owner": names.route.metadata.filter_metadata.test.owner,
  "xds.listener_direction": 1n,
  "xds.virtual_host_name": "default",
};

function responseOf(exchange: Exchange): Pick<HttpOutcome, "status" | "response" | "body" | "trailers"> {
  if (!exchange.began) return { status: 0, response: [], body: "", trailers: [] };
  const { status, headers, trailers } = exchange.response;
  return {
    status,
    response: [...headers.entries()],
    body: exchange.response.text(),
    trailers: [...trailers.entries()],
  };
}

/** The steps of an exchange in which METADATA frames come with either message. */
function withMetadata(host: Host, request: HttpCase["request"]): Exchange {
  const stream = host.http().requestHeaders(request, false).requestMetadata(2).requestBody("", true);
  return stream.responseHeaders({}, false).responseMetadata(2).responseBody("", true).exchange;
}
