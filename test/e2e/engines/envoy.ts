import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunningEnvoy, startEnvoy } from "../../../cli/src/envoy/process.js";
import { grpcServer } from "../../../sdk/host/testing/grpc-server.js";
import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";
import { calleeAnswer } from "./callee.js";
import type { BuiltFilter, Engine, HttpOutcome, Logged, TcpOutcome } from "./engine.js";
import { amended, type Bootstrap } from "./envoy-bootstrap.js";
import { startHttpUpstream } from "./http-upstream.js";
import { requestWithMetadata, startMetadataServer } from "./http2-metadata.js";
import { startTcpUpstream } from "./tcp-upstream.js";
import { headersFromWire, toWire } from "./wire-text.js";

/** How long something that must come may take, and how long we look whether something comes that must not. */
const patienceMs = 10_000;
const silenceMs = 100;
/** How long an exchange may take before the case fails: Envoy itself would wait for minutes. */
const exchangeMs = 10_000;

/** A real Envoy as an engine: one process, whose filter is configured anew for each case. */
export async function envoyEngine(filter: BuiltFilter): Promise<Engine> {
  const logs: Logged[] = [];
  const http = filter.kind === "http" ? await startHttpUpstream() : undefined;
  const tcp = filter.kind === "network" ? await startTcpUpstream() : undefined;
  const callee = await startHttpUpstream();
  const grpc = await grpcServer();
  const metadata = await startMetadataServer();
  const closeServers = async () => {
    for (const server of [http, tcp, callee, grpc, metadata]) await server?.close();
  };
  let config = filter.firstConfig ?? "";
  let envoy: RunningEnvoy;
  try {
    envoy = await startEnvoy({
      wasm: filter.wasm,
      kind: filter.kind,
      rootId: filter.rootId,
      config,
      plugin: filter.allowOnHeadersStopIteration ? { allow_on_headers_stop_iteration: true } : {},
      amend: (document) => amended(document as Bootstrap, filter, metadata.port),
      upstream: http?.url ?? tcp?.url ?? "",
      clusters: [
        { name: "callee", host: "127.0.0.1", port: Number(new URL(callee.url).port) },
        { name: "grpc", host: "127.0.0.1", port: grpc.port, http2: true },
      ],
      onLog: ({ level, message }) => logs.push({ level, message }),
    });
  } catch (error) {
    await closeServers();
    throw error;
  }
  const configure = async (wanted = "") => {
    if (wanted !== config) await envoy.update({ config: wanted });
    config = wanted;
    await sleep(silenceMs / 2); // What the new plugin logs while it starts is not the exchange's.
    logs.length = 0;
  };

  return {
    async http(testCase: HttpCase): Promise<HttpOutcome> {
      if (!http) throw new Error("a network filter takes no HTTP");
      await configure(testCase.config);
      http.answer = testCase.answer;
      http.seen = null;
      callee.answer = ({ path }) => calleeAnswer(path);
      callee.seen = null;
      const received = testCase.request.metadata
        ? await sendMetadata(envoy.listen, testCase.request.path)
        : await send(envoy.listen, testCase.request);
      if (testCase.reconfigure !== undefined) {
        config = testCase.reconfigure;
        await envoy.update({ config });
      }
      await until(() => logs.length >= (testCase.expect.logs?.length ?? 0));
      const asked = callee.seen as HttpOutcome["upstream"];
      return {
        ...received,
        upstream: http.seen,
        callee: asked && { path: asked.path, body: asked.body },
        logs: [...logs],
      };
    },
    async tcp(testCase: TcpCase): Promise<TcpOutcome> {
      if (!tcp) throw new Error("an HTTP filter takes no TCP");
      await configure(testCase.config);
      const accepted = tcp.next();
      const client = connect(envoy.listen.port, envoy.listen.host);
      const clientGot = collect(client);
      await once(client, "connect");
      const upstream = await accepted;
      const upstreamGot = collect(upstream);
      const outcome: TcpOutcome["steps"] = [];
      for (const step of testCase.steps) {
        const side = step.from === "client" ? client : upstream;
        if (step.end) side.end(step.data);
        else side.write(step.data);
        const nothingNew = step.upstream === upstreamGot.text() && step.client === clientGot.text();
        if (nothingNew) await sleep(silenceMs);
        await until(() => clientGot.text() === step.client && upstreamGot.text() === step.upstream);
        outcome.push({ client: clientGot.text(), upstream: upstreamGot.text() });
      }
      await until(() => client.readableEnded === (testCase.closed ?? false));
      const closed = client.readableEnded;
      client.destroy();
      await until(() => logs.length >= (testCase.logs?.length ?? 0));
      upstream.destroy();
      return { steps: outcome, closed, logs: [...logs] };
    },
    async close() {
      await envoy.stop();
      await closeServers();
    },
  };
}

/** Waits until something holds, or long enough that it never will: the assertion that follows says which. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + patienceMs; !holds() && Date.now() < end; ) await sleep(5);
}

function collect(socket: Socket): { text(): string } {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {}); // A reset shows in what did not arrive.
  return { text: () => Buffer.concat(chunks).toString("utf8") };
}

async function sendMetadata(at: { host: string; port: number }, path: string) {
  const status = await requestWithMetadata(at, path, exchangeMs);
  return { status, response: [], body: "", trailers: [] };
}

function send(at: { host: string; port: number }, request: HttpCase["request"]) {
  const { method = "GET", path, headers = [], body = "", trailers } = request;
  const flat = headers.flatMap(([name, value]) => [name, toWire(value)]);
  const all = ["host", `${at.host}:${at.port}`, ...flat];
  if (trailers) all.push("transfer-encoding", "chunked");
  else if (body) all.push("content-length", String(Buffer.byteLength(body)));
  type Received = Pick<HttpOutcome, "status" | "response" | "body" | "trailers">;
  return new Promise<Received>((resolve, reject) => {
    const signal = AbortSignal.timeout(exchangeMs);
    const sent = httpRequest({ ...at, method, path, headers: all, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          response: headersFromWire(response.rawHeaders),
          body: Buffer.concat(chunks).toString("utf8"),
          trailers: headersFromWire(response.rawTrailers),
        }),
      );
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") reject(error);
      else resolve({ status: 0, response: [], body: "", trailers: [] });
    });
    if (trailers) {
      sent.write(body);
      sent.addTrailers(trailers.map(([name, value]): [string, string] => [name, toWire(value)]));
      sent.end();
    } else sent.end(body);
  });
}
