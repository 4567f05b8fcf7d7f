import { Host } from "@meshwasm/sdk/host";
import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";
import type { BuiltFilter, Engine, HttpOutcome, TcpOutcome } from "./engine.js";

/** The in-process host as an engine: a fresh host for each case. */
export function hostEngine({ wasm, rootId }: BuiltFilter): Engine {
  const start = (config = "") => new Host(wasm, { rootId, pluginConfig: config, pluginName: rootId }).start();
  const plain = ({ level, message }: { level: string; message: string }) => ({ level, message });
  return {
    async http({ config, request, answer = {} }: HttpCase): Promise<HttpOutcome> {
      const host = start(config);
      const before = host.logs.length;
      const exchange = host.exchange(request, answer);
      const seen = exchange.request;
      return {
        status: exchange.response.status,
        response: [...exchange.response.headers.entries()],
        body: exchange.response.text(),
        upstream: seen
          ? {
              path: seen.path,
              headers: [["host", seen.authority], ...seen.headers.entries()],
            }
          : null,
        logs: host.logs.slice(before).map(plain),
      };
    },
    async tcp({ config, steps }: TcpCase): Promise<TcpOutcome> {
      const host = start(config);
      const before = host.logs.length;
      const connection = host.tcp().connect();
      const outcome = steps.map(({ from, data }) => {
        if (from === "client") connection.downstreamData(data);
        else connection.upstreamData(data);
        return { client: connection.client.text(), upstream: connection.upstream.text() };
      });
      connection.disconnect();
      return { steps: outcome, logs: host.logs.slice(before).map(plain) };
    },
    async close() {},
  };
}
