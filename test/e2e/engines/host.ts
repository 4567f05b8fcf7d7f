import { Host, type SeenRequest } from "@meshwasm/sdk/host";
import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";
import { calleeAnswer } from "./callee.js";
import type { BuiltFilter, Engine, HttpOutcome, TcpOutcome } from "./engine.js";

/** The in-process host as an engine: a fresh host for each case. */
export function hostEngine({ wasm, rootId }: BuiltFilter): Engine {
  let asked: HttpOutcome["callee"] = null;
  const callee = (request: SeenRequest) => {
    asked = { path: request.path, body: request.text() };
    return calleeAnswer(request.path);
  };
  const start = (config = "") =>
    new Host(wasm, { rootId, pluginConfig: config, pluginName: rootId, clusters: { callee } }).start();
  // Envoy's own words on a trap, which the other engine leaves out as well.
  const isFilters = ({ message }: { message: string }) => !message.startsWith("Function: ");
  const plain = ({ level, message }: { level: string; message: string }) => ({ level, message });
  return {
    async http({ config, request, answer = {} }: HttpCase): Promise<HttpOutcome> {
      asked = null;
      const host = start(config);
      const before = host.logs.length;
      const exchange = host.exchange(request, answer);
      // A filter that waits for time to pass: it stands still otherwise.
      for (let passed = 0; exchange.paused && passed < 1000; passed += 10) host.advance(10);
      const seen = exchange.request;
      return {
        status: exchange.response.status,
        response: [...exchange.response.headers.entries()],
        body: exchange.response.text(),
        upstream: seen
          ? {
              path: seen.path,
              headers: [["host", seen.authority], ...seen.headers.entries()],
              body: seen.text(),
            }
          : null,
        callee: asked,
        logs: host.logs.slice(before).filter(isFilters).map(plain),
      };
    },
    async tcp({ config, steps }: TcpCase): Promise<TcpOutcome> {
      const host = start(config);
      const before = host.logs.length;
      const connection = host.tcp().connect();
      const outcome = steps.map(({ from, data, upstream }) => {
        if (from === "client") connection.downstreamData(data);
        else connection.upstreamData(data);
        // A filter that waits for time to pass: it stands still otherwise.
        for (let passed = 0; connection.upstream.text() !== upstream && passed < 100; passed += 10)
          host.advance(10);
        return { client: connection.client.text(), upstream: connection.upstream.text() };
      });
      const closed = connection.closed === "local";
      connection.disconnect();
      return { steps: outcome, closed, logs: host.logs.slice(before).map(plain) };
    },
    async close() {},
  };
}
