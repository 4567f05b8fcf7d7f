import type { ASUtil } from "@assemblyscript/loader";
import { type Exchange, Host, type TcpConnection } from "@meshwasm/sdk/host";
import type { TestedModule } from "../test/tested-module.js";
import { Handles } from "./handles.js";

/** What a spec may import beside as-pect's own functions. */
export interface SpecImports {
  /** By module name. */
  modules: Record<string, Record<string, (...args: never[]) => unknown>>;
  /** Gives them the spec's memory, once it is instantiated. */
  attach(exports: ASUtil): void;
}

/** An exchange that a spec prepares, and then its outcome. */
interface Prepared {
  host: Host;
  request: { method: string; path: string; headers: [string, string][]; body?: string };
  answer: { status: number; headers: [string, string][]; body?: string };
  outcome?: Exchange;
}

/** A pointer into the spec's memory. */
type Ptr = number;

/**
 * The `host_*` functions of sdk/assembly/spec/imports.ts: they drive instances of the module under test, apart from the
 * spec's own. An error of the host fails the test that called.
 */
export function hostImports({ wasm, sourceMap, rootId, name }: TestedModule): SpecImports {
  const hosts = new Handles<Host>("host");
  const exchanges = new Handles<Prepared>("exchange");
  const connections = new Handles<TcpConnection>("connection");
  let spec: ASUtil | undefined;
  const read = (ptr: Ptr): string => spec?.__getString(ptr) ?? "";
  const write = (text: string | null | undefined): Ptr => (text == null ? 0 : (spec?.__newString(text) ?? 0));

  const outcome = (id: number): Exchange => {
    const { outcome } = exchanges.get(id);
    if (!outcome) throw new Error("the request was not sent: call send() first");
    return outcome;
  };
  const message = (id: number, ofResponse: number) =>
    ofResponse ? exchanges.get(id).answer : exchanges.get(id).request;
  const seen = (id: number, ofResponse: number) => (ofResponse ? outcome(id).response : outcome(id).request);

  const meshwasm = {
    host_start: (configuration: Ptr) => {
      const options = {
        rootId,
        pluginName: name,
        ...(sourceMap !== undefined && { sourceMap }),
        pluginConfig: read(configuration),
      };
      return hosts.add(started(new Host(wasm, { ...options, logLevel: "trace" })));
    },
    host_configure: (host: number, configuration: Ptr) =>
      Number(hosts.get(host).configure(read(configuration))),
    host_counter: (host: number, name: Ptr) => hosts.get(host).counter(read(name)) ?? -1n,
    host_logged: (host: number, level: Ptr, part: Ptr) =>
      Number(
        hosts
          .get(host)
          .logs.some((entry) => entry.level === read(level) && entry.message.includes(read(part))),
      ),
    host_close: (host: number) => hosts.get(host).close(),

    host_request: (host: number, method: Ptr, path: Ptr) =>
      exchanges.add({
        host: hosts.get(host),
        request: { method: read(method), path: read(path), headers: [] },
        answer: { status: 200, headers: [] },
      }),
    host_add_header: (exchange: number, ofResponse: number, name: Ptr, value: Ptr) => {
      message(exchange, ofResponse).headers.push([read(name), read(value)]);
    },
    host_set_body: (exchange: number, ofResponse: number, body: Ptr) => {
      message(exchange, ofResponse).body = read(body);
    },
    host_set_status: (exchange: number, status: number) => {
      exchanges.get(exchange).answer.status = status;
    },
    host_send: (exchange: number) => {
      const prepared = exchanges.get(exchange);
      prepared.outcome = prepared.host.exchange(prepared.request, prepared.answer);
    },
    host_status: (exchange: number) => outcome(exchange).response.status,
    host_reached_upstream: (exchange: number) => Number(outcome(exchange).request !== undefined),
    host_header: (exchange: number, ofResponse: number, name: Ptr) =>
      write(seen(exchange, ofResponse)?.headers.get(read(name))),
    host_body: (exchange: number, ofResponse: number) => write(seen(exchange, ofResponse)?.text() ?? ""),

    host_connect: (host: number) => connections.add(hosts.get(host).tcp().connect()),
    host_data: (connection: number, fromUpstream: number, data: Ptr, end: number) => {
      const tcp = connections.get(connection);
      if (fromUpstream) tcp.upstreamData(read(data), end !== 0);
      else tcp.downstreamData(read(data), end !== 0);
    },
    host_received: (connection: number, byUpstream: number) => {
      const { upstream, client } = connections.get(connection);
      return write((byUpstream ? upstream : client).text());
    },
    host_disconnect: (connection: number) => {
      connections.get(connection).disconnect();
    },
  };
  return {
    modules: { meshwasm },
    attach: (exports) => {
      spec = exports;
    },
  };
}

/** As-pect keeps the first line of an error only, and the host says in the next ones what the filter logged. */
function started(host: Host): Host {
  try {
    return host.start();
  } catch (cause) {
    throw new Error((cause as Error).message.trim().replaceAll(/\s*\n\s*/g, "; "), { cause });
  }
}
