import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchEnvoy, onFreePorts } from "../../../sdk/host/testing/envoy.js";
import { grpcServer } from "../../../sdk/host/testing/grpc-server.js";
import type { WireMessage } from "../../../sdk/host/testing/wire.js";
import type { Script } from "../script.js";
import { bootstrap, type Place } from "./bootstrap.js";
import { converse, request } from "./client.js";
import { textSeen } from "./host.js";
import { ofOneVm, type Result, type Seen } from "./result.js";
import { calleeServer, echoServer, type Server, upstreamServer } from "./servers.js";

/** Scripts that are played at the same time; each has a VM and an upstream of its own. */
const AT_ONCE = 12;
/** How long the log must have said nothing new before it is read. */
const QUIET_MS = 400;

/**
 * Plays scripts in one real Envoy, several at a time; `ids` are the plugins' names.
 *
 * @throws Error when Envoy ends meanwhile: with the scripts that were being played then
 */
export async function playInEnvoy(
  binary: string,
  scripts: readonly Script[],
  ids: readonly string[],
): Promise<Result[]> {
  const closers: (() => Promise<void>)[] = [];
  const open = async <T extends { close(): Promise<void> }>(opened: Promise<T>): Promise<T> => {
    const server = await opened;
    closers.push(() => server.close());
    return server;
  };
  try {
    const turns = new Map<string, number>();
    const upstreams = await Promise.all(
      scripts.map((script) =>
        open<Server>(
          script.connections === undefined
            ? upstreamServer(script, () => turns.get(script.name) ?? 0)
            : echoServer(),
        ),
      ),
    );
    const [auth, grpc] = [await open(calleeServer()), await open(grpcServer())];
    const { places, envoy } = await onFreePorts(scripts.length + 1, async ([admin, ...ports]) => {
      const places = scripts.map(
        (script, index): Place => ({
          id: ids[index]!,
          script,
          port: ports[index]!,
          upstreamPort: upstreams[index]!.port,
        }),
      );
      const config = bootstrap(places, { admin: admin!, auth: auth.port, grpc: grpc.port });
      const folder = await mkdtemp(join(tmpdir(), "meshwasm-judge-"));
      return { places, envoy: await launchEnvoy(binary, folder, config, admin!) };
    });
    closers.unshift(() => envoy.stop());
    const playing = new Set<string>();
    const clients = await inTurns(places, async (place) => {
      if (envoy.ended()) return [];
      playing.add(place.script.name);
      const client = await play(place, (turn) => turns.set(place.script.name, turn));
      if (!envoy.ended()) playing.delete(place.script.name);
      return client;
    });
    await quiet(() => envoy.log().length);
    if (envoy.ended())
      throw new Error(
        `Envoy ended; it was playing:\n${[...playing].join("\n")}\n${envoy.log().slice(-3000)}`,
      );
    const logs = logsByPlugin(envoy.log());
    return places.map(({ id }, index) => ({
      lines: ofOneVm(logs.get(id) ?? []),
      upstream: upstreams[index]!.seen.map((message) => seen(message, true)),
      client: clients[index]!,
    }));
  } finally {
    for (const close of closers) await close();
  }
}

async function play({ script, port }: Place, begins: (turn: number) => void): Promise<(Seen | null)[]> {
  const client: (Seen | null)[] = [];
  if (script.connections !== undefined)
    for (const connection of script.connections)
      client.push(textSeen(utf8(await converse(port, connection))));
  else
    for (const [turn, exchange] of (script.exchanges ?? [{}]).entries()) {
      begins(turn);
      const answer = await request(port, exchange);
      client.push(answer === undefined ? null : seen(answer, false));
    }
  // Envoy sees the client leave a moment later, and one exchange must be over before the next begins.
  await new Promise((later) => setTimeout(later, script.waits ?? 0));
  return client;
}

async function inTurns<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) results[index] = await work(list[index]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function quiet(size: () => number): Promise<void> {
  for (let last = -1; last !== size(); ) {
    last = size();
    await new Promise((later) => setTimeout(later, QUIET_MS));
  }
}

const ENTRY = /\]\[([a-z]+)\]\[wasm\].* wasm log(?: (\S+))? root (\S+?): (.*)$/;

function logsByPlugin(log: string): Map<string, { level: string; message: string }[]> {
  const found = new Map<string, { level: string; message: string }[]>();
  for (const line of log.split("\n")) {
    const [, level = "", , id, message = ""] = ENTRY.exec(line) ?? [];
    if (id === undefined) continue;
    const list = found.get(id) ?? [];
    found.set(id, list);
    list.push({ level: level === "warning" ? "warn" : level, message });
  }
  return found;
}

const utf8 = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");

function seen(message: WireMessage, isRequest: boolean): Seen {
  const [first = "", second = ""] = message.startLine.split(" ");
  const lines = (headers: WireMessage["headers"]) =>
    headers.map(([name, value]) => utf8(`${name}: ${value}`));
  return {
    start: isRequest ? `${first} ${second}` : second,
    headers: lines(message.headers),
    body: utf8(message.body),
    trailers: lines(message.trailers),
  };
}
