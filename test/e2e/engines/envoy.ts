import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunningEnvoy, startEnvoy } from "../../../cli/src/envoy/process.js";
import type { HttpCase } from "../tables/http-case.js";
import type { TcpCase } from "../tables/tcp-probe.js";
import { calleeAnswer } from "./callee.js";
import type { BuiltFilter, Engine, HttpOutcome, Logged, TcpOutcome } from "./engine.js";
import { startHttpUpstream } from "./http-upstream.js";
import { startTcpUpstream } from "./tcp-upstream.js";
import { headersFromWire, toWire } from "./wire-text.js";

/** How long something that must come may take, and how long we look whether something comes that must not. */
const patienceMs = 3000;
const silenceMs = 100;

/** A real Envoy as an engine: one process, whose filter is configured anew for each case. */
export async function envoyEngine(filter: BuiltFilter): Promise<Engine> {
  const logs: Logged[] = [];
  const http = filter.kind === "http" ? await startHttpUpstream() : undefined;
  const tcp = filter.kind === "network" ? await startTcpUpstream() : undefined;
  const callee = await startHttpUpstream();
  const closeServers = async () => {
    for (const server of [http, tcp, callee]) await server?.close();
  };
  let config = "";
  let envoy: RunningEnvoy;
  try {
    envoy = await startEnvoy({
      wasm: filter.wasm,
      kind: filter.kind,
      rootId: filter.rootId,
      upstream: http?.url ?? tcp?.url ?? "",
      clusters: [{ name: "callee", host: "127.0.0.1", port: Number(new URL(callee.url).port) }],
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
      callee.answer = calleeAnswer(testCase.request.path);
      callee.seen = null;
      const received = await send(envoy.listen, testCase.request);
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
        (step.from === "client" ? client : upstream).write(step.data);
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

function send(at: { host: string; port: number }, request: HttpCase["request"]) {
  const { method = "GET", path, headers = [], body = "" } = request;
  const flat = headers.flatMap(([name, value]) => [name, toWire(value)]);
  const all = ["host", `${at.host}:${at.port}`, ...flat];
  if (body) all.push("content-length", String(Buffer.byteLength(body)));
  return new Promise<Pick<HttpOutcome, "status" | "response" | "body">>((resolve, reject) => {
    const sent = httpRequest({ ...at, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          response: headersFromWire(response.rawHeaders),
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
