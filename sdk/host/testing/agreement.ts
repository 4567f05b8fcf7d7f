import type { CalloutResponse } from "../callouts/clusters.js";
import { Host } from "../host.js";
import type { Exchange } from "../http/exchange.js";
import type { RequestInput, ResponseInput } from "../http/input.js";
import type { SeenRequest } from "../http/seen.js";
import type { RunningEnvoy } from "./envoy.js";
import { grpcScript } from "./grpc-server.js";
import { type Probe, probeModule } from "./probe.js";
import { roundTrip, type WireMessage, type WireUpstream } from "./wire.js";

/** A script that both engines run. Bodies and trailers are given as they go over HTTP/1.1. */
export interface AgreementCase {
  readonly name: string;
  readonly probe: Probe;
  readonly request?: Omit<RequestInput, "headers"> & { headers?: [string, string][] };
  readonly response?: Omit<ResponseInput, "headers"> & { headers?: [string, string][] };
  readonly config?: string;
  readonly vmConfig?: string;
  /** The hostcalls and callbacks that it may use; absent: all. */
  readonly capabilities?: readonly string[];
  /** What the cluster `auth` answers to HTTP callouts, by path; their paths begin with the case's id. */
  readonly callouts?: Readonly<Record<string, CalloutResponse | "timeout" | "reset">>;
}

/** What one engine made of a case: comparable with the other's. */
export interface Outcome {
  /** Lines that the probe logged, from the first request on. */
  readonly log: readonly string[];
  /** What reached the upstream. */
  readonly upstream: Seen | undefined;
  /** What reached the client. */
  readonly client: Seen | undefined;
  /** What reached the cluster `auth`, when the case has one. */
  readonly callouts?: readonly Seen[];
}

/** A message as one end got it. */
export interface Seen {
  readonly start: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
}

// Made by Envoy or by the codec for every message, whatever the filter does.
const MASKED = new Set([
  "date",
  "server",
  "x-request-id",
  "x-forwarded-proto",
  "transfer-encoding",
  "connection",
]);

// `content-length: 0` is added by the codec to what ends with its headers.
const lines = (headers: Iterable<readonly [string, string]>) =>
  [...headers]
    .filter(([name, value]) => !MASKED.has(name) && !(name === "content-length" && value === "0"))
    .map(([name, value]) => `${name}: ${value}`);
const utf8 = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");

/** Whether a probe ends its VM somewhere. */
export const hasTrap = (probe: Probe) =>
  Object.values(probe).some((callback) => callback.steps?.some((step) => step.do === "trap"));

/** The folder-safe name of a case: its plugin's name, and the path that its request asks for. */
export const caseId = (index: number) => `case-${index}`;

export function casePlugin({ probe, config, vmConfig, capabilities }: AgreementCase, index: number) {
  return {
    name: caseId(index),
    kind: "http",
    wasm: probeModule(probe),
    ...(config === undefined ? {} : { config }),
    ...(vmConfig === undefined ? {} : { vmConfig }),
    ...(capabilities === undefined ? {} : { capabilities }),
  } as const;
}

/** Runs a case in the host. */
export function inHost(test: AgreementCase, index: number): Outcome {
  const { callouts } = test;
  const host = new Host(probeModule(test.probe), {
    clusters: {
      auth: ({ path }) => asOnWire(callouts?.[path] ?? {}),
      grpc: { grpc: grpcScript },
      down: "down",
      nobody: "unreachable",
    },
    pluginName: caseId(index),
    rootId: "root",
    vmId: caseId(index),
    pluginConfig: test.config ?? "",
    vmConfig: test.vmConfig ?? "",
    allowedCapabilities: test.capabilities ?? [],
  });
  const before = host.start().logs.length;
  const exchange = host.exchange(
    { path: `/${caseId(index)}`, authority: "a.test", ...test.request },
    test.response,
  );
  // Time passes by itself in Envoy.
  if (!exchange.done) host.advance(5000);
  return {
    log: host.logs
      .slice(before)
      .map((entry) => entry.message)
      .filter((message) => !/^(Function:|Attempted call)/.test(message)),
    ...seenInHost(exchange),
    ...(callouts === undefined
      ? {}
      : {
          callouts: exchange.callouts
            .filter(({ cluster }) => cluster === "auth")
            .map((callout) => seenRequest(callout.request)),
        }),
  };
}

/** What an exchange brought to its two ends. */
export function seenInHost(exchange: Exchange): Pick<Outcome, "upstream" | "client"> {
  const { request } = exchange;
  const response = exchange.began ? exchange.response : undefined;
  return {
    upstream: request?.complete ? seenRequest(request) : undefined,
    client: response && {
      start: String(response.status),
      headers: lines(response.headers),
      body: response.text(),
      trailers: lines(response.trailers),
    },
  };
}

// Framing that Envoy's HTTP/1 codec leaves among a callout's response headers.
function asOnWire(answer: NonNullable<AgreementCase["callouts"]>[string]): typeof answer {
  if (typeof answer === "string" || answer.body !== undefined || answer.status === 204)
    return typeof answer === "string" || answer.trailers === undefined
      ? answer
      : { ...answer, headers: [...headerList(answer.headers), ["transfer-encoding", "chunked"]] };
  return { ...answer, headers: [...headerList(answer.headers), ["content-length", "0"]] };
}

const headerList = (headers: CalloutResponse["headers"]) => (headers ?? []) as [string, string][];

function seenRequest(request: SeenRequest): Seen {
  return {
    start: `${request.method} ${request.path}`,
    headers: [`host: ${request.authority}`, ...lines(request.headers)],
    body: request.text(),
    trailers: lines(request.trailers),
  };
}

/** Runs a case in a running Envoy. */
export async function inEnvoy(
  test: AgreementCase,
  index: number,
  envoy: RunningEnvoy,
  upstream: WireUpstream,
  auth: WireUpstream,
): Promise<Outcome> {
  const path = test.request?.path ?? `/${caseId(index)}`;
  const before = probeLog(envoy, index).length;
  const wire = httpMessage(`${test.request?.method ?? "GET"} ${path} HTTP/1.1`, {
    ...test.request,
    headers: [["host", test.request?.authority ?? "a.test"], ...(test.request?.headers ?? [])],
  });
  const client = await roundTrip(envoy.ports[index]!, wire);
  return {
    log: await settledLog(envoy, index, before, hasTrap(test.probe)),
    upstream: seen(upstream.seen.get(path), true),
    client: seen(client, false),
    ...(test.callouts === undefined
      ? {}
      : {
          callouts: [...auth.seen]
            .filter(([called]) => called.startsWith(`/${caseId(index)}/`))
            .map(([, message]) => seen(message, true)!),
        }),
  };
}

/** The bytes of a message, with `content-length` for a body in one piece and chunks otherwise. */
export function httpMessage(
  startLine: string,
  message: {
    headers?: readonly (readonly [string, string])[];
    body?: unknown;
    trailers?: unknown;
  },
): string {
  const headers = [...(message.headers ?? [])];
  const trailers = message.trailers as [string, string][] | undefined;
  const body = message.body as string | string[] | undefined;
  const chunked = trailers !== undefined || Array.isArray(body);
  let payload = "";
  if (chunked) {
    headers.push(["transfer-encoding", "chunked"]);
    for (const chunk of [body ?? []].flat()) payload += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    payload += `0\r\n${(trailers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  } else {
    payload = (body as string | undefined) ?? "";
    if (payload !== "" || startLine.startsWith("HTTP/"))
      headers.push(["content-length", String(payload.length)]);
  }
  return `${startLine}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${payload}`;
}

/** A message from the wire, without what is masked. */
export function seen(message: WireMessage | undefined, request: boolean): Seen | undefined {
  if (message === undefined) return undefined;
  const [first = "", second = ""] = message.startLine.split(" ");
  return {
    start: request ? `${first} ${second}` : second,
    headers: lines(message.headers).map(utf8),
    body: message.body,
    trailers: lines(message.trailers),
  };
}

function probeLog(envoy: RunningEnvoy, index: number): string[] {
  // A root context's lines do not carry the plugin's name.
  const mark = new RegExp(`wasm log (?:${caseId(index)} )?root ${caseId(index)}: (.*)$`);
  return envoy
    .log()
    .split("\n")
    .flatMap((line) => mark.exec(line)?.[1] ?? []);
}

// Envoy writes its log by itself; the stream's deletion is the last that a probe says, unless it is dead.
async function settledLog(
  envoy: RunningEnvoy,
  index: number,
  before: number,
  traps: boolean,
): Promise<string[]> {
  let log: string[] = [];
  for (let tries = 0; tries < (traps ? 8 : 80); tries++) {
    log = probeLog(envoy, index).slice(before);
    if (log.at(-1)?.startsWith("delete(")) return log;
    await new Promise((later) => setTimeout(later, 25));
  }
  return log;
}
