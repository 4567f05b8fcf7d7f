import { Chain } from "../chain.js";
import { Host } from "../host.js";
import type { HostOptions } from "../options.js";
import { World } from "../world/world.js";
import { type AgreementCase, httpMessage, type Outcome, seen, seenInHost } from "./agreement.js";
import type { EnvoyPlugin, RunningEnvoy } from "./envoy.js";
import { type Probe, probeModule } from "./probe.js";
import { type TcpCase, type TcpOutcome, tcpRoundTrip } from "./tcp-agreement.js";
import { roundTrip, type WireUpstream } from "./wire.js";

/**
 * A script for several filters in a row. In the log, what the first says begins with `a: `, the second's with `b: `, unless they
 * are `anonymous`.
 */
export interface ChainCase extends Pick<AgreementCase, "name" | "request" | "response"> {
  readonly filters: readonly Probe[];
  /** True: the filters are one probe, and plugins in one VM. */
  readonly oneVm?: boolean;
  /** True: the filters are in VMs of their own, which have one `vm_id`. */
  readonly sameVmId?: boolean;
  /** True: whose a line is does not matter. Envoy's log does not say it of root contexts of one `vm_id`. */
  readonly anonymous?: boolean;
}

const letters = "abcdef";
const filterName = (index: number, place: number) => `chain-${index}-${letters[place]}`;

/** A script for several network filters in a row, in front of an upstream that echoes. */
export interface TcpChainCase extends Pick<TcpCase, "name" | "send" | "finish"> {
  readonly filters: readonly Probe[];
}

/** The path that a case asks for. */
export const chainPath = (index: number) => `/chain-${index}`;

/** A listener of Envoy with the case's filters. */
export function chainPlugin(
  { filters, oneVm = false, sameVmId = oneVm }: Pick<ChainCase, "filters" | "oneVm" | "sameVmId">,
  index: number,
  kind: EnvoyPlugin["kind"] = "http",
): EnvoyPlugin {
  const [first, ...behind] = filters.map((probe, place) => ({
    name: filterName(index, place),
    kind,
    wasm: probeModule(probe),
    config: `plugin ${place}`,
    ...(sameVmId && { vmId: filterName(index, 0) }),
  }));
  return { ...first!, behind };
}

/** Runs a case in the host. */
export function chainInHost(test: ChainCase, index: number): Outcome {
  const world = new World();
  const said: string[] = [];
  const hosts = test.filters.map((probe, place) => {
    const onLog = ({ message }: { message: string }) => {
      const who = test.anonymous === true ? "" : `${letters[place]}: `;
      if (!message.startsWith("Function:")) said.push(who + message);
    };
    const vmId = filterName(index, test.sameVmId === true ? 0 : place);
    return new Host(probeModule(probe), { world, vmId, rootId: "root", onLog });
  });
  const onLog = ({ message }: { message: string }) => said.push(message);
  const chain = new Chain(test.oneVm === true ? inOneVm(test, index, onLog) : hosts).start();
  said.length = 0;
  const exchange = chain.exchange(
    { path: chainPath(index), authority: "a.test", ...test.request },
    test.response,
  );
  // Time passes by itself in Envoy.
  if (!exchange.done) chain.advance(5000);
  const log = exchange.logs
    .filter(({ message }) => !message.startsWith("Function:"))
    .map(({ filter, message }) => `${filter?.at(-1)}: ${message}`);
  return { log: test.oneVm === true && test.anonymous !== true ? log : said, ...seenInHost(exchange) };
}

function inOneVm({ filters }: ChainCase, index: number, onLog: NonNullable<HostOptions["onLog"]>): Host[] {
  const [first, ...others] = filters.map((_, place) => ({
    rootId: "root",
    pluginName: filterName(index, place),
    pluginConfig: `plugin ${place}`,
  }));
  const host = new Host(probeModule(filters[0]!), { ...first, vmId: filterName(index, 0), onLog });
  return [host, ...others.map((options) => host.plugin(options))];
}

/** Runs a case of network filters in the host. */
export function tcpChainInHost({ filters, send, finish }: TcpChainCase, index: number): TcpOutcome {
  const world = new World();
  const hosts = filters.map(
    (probe, place) => new Host(probeModule(probe), { world, pluginName: filterName(index, place) }),
  );
  const connection = new Chain(hosts).connection({ send, finish });
  const log = connection.logs
    .filter(({ message }) => !message.startsWith("Function:"))
    .map(({ filter, message }) => `${filter?.at(-1)}: ${message}`);
  return { log, client: connection.client.text() };
}

/** Runs a case of network filters in a running Envoy. */
export async function tcpChainInEnvoy(
  test: TcpChainCase,
  index: number,
  envoy: RunningEnvoy,
): Promise<TcpOutcome> {
  const before = chainLog(envoy, index).length;
  const client = await tcpRoundTrip(envoy.ports[index]!, test);
  return { log: await settledLog(test, index, envoy, before), client };
}

/** Runs a case in a running Envoy. */
export async function chainInEnvoy(
  test: ChainCase,
  index: number,
  envoy: RunningEnvoy,
  upstream: WireUpstream,
): Promise<Outcome> {
  const before = chainLog(envoy, index).length;
  const wire = httpMessage(`${test.request?.method ?? "GET"} ${chainPath(index)} HTTP/1.1`, {
    ...test.request,
    headers: [["host", "a.test"], ...(test.request?.headers ?? [])],
  });
  const client = await roundTrip(envoy.ports[index]!, wire, inChunks(wire));
  const log = await settledLog(test, index, envoy, before);
  return {
    log: test.anonymous === true ? log.map((line) => line.replace(/^.: /, "")) : log,
    upstream: seen(upstream.seen.get(chainPath(index)), true),
    client: seen(client, false),
  };
}

// Envoy hands chunks over together when they arrive together: each is sent by itself, the last with the end.
function inChunks(wire: string): string[] {
  const [, head, chunks] = /^(.*?transfer-encoding: chunked\r\n\r\n)(.*)$/s.exec(wire) ?? [];
  if (head === undefined || chunks === undefined) return [wire];
  const pieces = chunks.match(/[1-9a-f][0-9a-f]*\r\n.*?\r\n|0\r\n.*$/gs) ?? [];
  return [head + (pieces[0] ?? ""), ...pieces.slice(1)];
}

function chainLog(envoy: RunningEnvoy, index: number): string[] {
  // A root context's lines do not carry the plugin's name.
  const mark = new RegExp(`wasm log (?:chain-${index}-(.) )?root chain-${index}-(.): (.*)$`);
  return envoy
    .log()
    .split("\n")
    .flatMap((line) => {
      const [, plugin, vm, said] = mark.exec(line) ?? [];
      return said === undefined ? [] : `${plugin ?? vm}: ${said}`;
    });
}

// Envoy writes its log by itself; the last filter's deletion is the last that is said, unless a VM is dead.
async function settledLog(
  { filters }: Pick<ChainCase, "filters">,
  index: number,
  envoy: RunningEnvoy,
  before: number,
): Promise<string[]> {
  const deletions = (log: string[]) => log.filter((line) => line.endsWith(": delete()")).length;
  let log: string[] = [];
  for (let tries = 0; tries < 40; tries++) {
    log = chainLog(envoy, index).slice(before);
    if (deletions(log) === filters.length) return log;
    await new Promise((later) => setTimeout(later, 25));
  }
  return log;
}
