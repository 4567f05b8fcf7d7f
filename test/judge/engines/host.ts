import { Host } from "../../../sdk/host/host.js";
import type { SeenRequest, SeenResponse } from "../../../sdk/host/http/seen.js";
import { probeModule } from "../probe/module.js";
import { encodeProgram } from "../probe/program.js";
import type { Script, ScriptConversation, ScriptExchange } from "../script.js";
import { CLUSTERS } from "./callee.js";
import { BEFORE_LEAVING_MS } from "./client.js";
import { framed } from "./framing.js";
import { PROPERTIES } from "./named.js";
import { ofOneVm, type Result, type Seen } from "./result.js";

let wasm: Uint8Array | undefined;

/** Time that a stream gets to end by itself, as an answer that is late or a timeout would have it. */
const PATIENCE_MS = 3000;

/** Plays a script in the in-process host; `id` is the plugin's name. */
export function playInHost(script: Script, id: string): Result {
  wasm ??= probeModule();
  const host = new Host(wasm, {
    pluginName: id,
    rootId: "root",
    vmId: id,
    vmConfig: encodeProgram(script.does),
    pluginConfig: script.config ?? "",
    clusters: CLUSTERS,
    properties: PROPERTIES,
    transcript: false,
    ...(script.bufferLimit === undefined ? {} : { bufferLimit: script.bufferLimit }),
    ...(script.headersStopAlone === undefined
      ? {}
      : { allowOnHeadersStopIteration: script.headersStopAlone }),
  });
  host.start();
  const played =
    script.connections === undefined
      ? (script.exchanges ?? [{}]).map((exchange) => playExchange(host, exchange))
      : script.connections.map((conversation) => ({
          client: converse(host, conversation),
          upstream: undefined,
        }));
  if (script.waits !== undefined) host.advance(script.waits);
  return {
    lines: ofOneVm(host.logs),
    upstream: played.flatMap(({ upstream }) => upstream ?? []),
    client: played.map(({ client }) => client ?? null),
  };
}

/** As `host.connection`, with the time that a real client takes before it leaves. */
function converse(host: Host, { send, finish }: ScriptConversation): Seen {
  const connection = host.tcp().connect();
  let echoed = 0;
  const echo = () => {
    for (; echoed < connection.upstream.chunks.length; echoed++)
      connection.upstreamData(connection.upstream.chunks[echoed]!);
  };
  for (const piece of [send].flat()) {
    connection.downstreamData(piece);
    echo();
  }
  host.advance(BEFORE_LEAVING_MS);
  echo();
  if (finish === "reset") connection.disconnect("remote");
  else {
    connection.downstreamData("", true);
    echo();
    if (connection.upstream.ended) connection.upstreamData("", true);
  }
  return textSeen(connection.client.text());
}

/** What a client of TCP saw. */
export const textSeen = (body: string): Seen => ({ start: "", headers: [], body, trailers: [] });

function playExchange(host: Host, exchange: ScriptExchange): { upstream?: Seen; client?: Seen } {
  const { method = "GET", path = "/", response = {} } = exchange;
  const sent = framed(exchange, "request");
  const head = { method, path, authority: "a.test", headers: sent.seenHeaders as [string, string][] };
  if (exchange.abandons === true) {
    const stream = host.http().requestHeaders(head, sent.pieces.length === 0);
    for (const piece of sent.pieces) stream.requestBody(piece);
    host.advance(BEFORE_LEAVING_MS);
    stream.disconnect();
    return seenIn(stream.exchange);
  }
  const answer = framed(response, "response");
  const played = host.exchange(
    { ...head, body: [...sent.pieces], ...trailersOf(sent.trailers) },
    {
      status: response.status ?? 200,
      headers: answer.headers as [string, string][],
      body: [...answer.pieces],
      ...trailersOf(answer.trailers),
    },
  );
  if (!played.done) host.advance(PATIENCE_MS);
  return seenIn(played);
}

const trailersOf = (trailers: readonly (readonly [string, string])[] | undefined) =>
  trailers === undefined ? {} : { trailers: trailers as [string, string][] };

function seenIn(exchange: { request: SeenRequest | undefined; began: boolean; response: SeenResponse }): {
  upstream?: Seen;
  client?: Seen;
} {
  const { request } = exchange;
  const response = exchange.began ? exchange.response : undefined;
  return {
    ...(request?.complete === true && {
      upstream: onWire(`${request.method} ${request.path}`, request, [`host: ${request.authority}`]),
    }),
    ...(response !== undefined && { client: onWire(String(response.status), response) }),
  };
}

// What a codec of HTTP/1.1 cannot say does not arrive: a body of 204, more of a body than was announced, and trailers of a
// message that is not chunked.
function onWire(start: string, message: SeenRequest | SeenResponse, first: readonly string[] = []): Seen {
  const announced = message.headers.get("content-length");
  const body = Buffer.from(message.body).subarray(0, announced === null ? undefined : Number(announced));
  return {
    start,
    headers: [...first, ...lines(message.headers)],
    body: start === "204" ? "" : body.toString("utf8"),
    trailers: announced === null ? lines(message.trailers) : [],
  };
}

const lines = (headers: Iterable<readonly [string, string]>) =>
  [...headers].map(([name, value]) => `${name}: ${value}`);
