import { connect } from "node:net";
import { parseWire, type WireMessage } from "../../../sdk/host/testing/wire.js";
import type { ScriptConversation, ScriptExchange } from "../script.js";
import { framed, wireParts } from "./framing.js";
import { writeParts } from "./servers.js";

/** Longer than any timeout that a script sets. */
const PATIENCE_MS = 4000;
/** How long a client stays that has nothing more to say. */
export const BEFORE_LEAVING_MS = 400;

/** Sends a request and reads what comes back; undefined: nothing whole enough to have a head. */
export function request(port: number, exchange: ScriptExchange): Promise<WireMessage | undefined> {
  const { method = "GET", path = "/" } = exchange;
  const message = framed(exchange, "request");
  const parts = wireParts(
    `${method} ${path} HTTP/1.1`,
    { ...message, headers: [["host", "a.test"], ...message.headers] },
    exchange.abandons,
  );
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let raw = "";
    const finish = (closed: boolean) => {
      const answer = parseWire(raw, closed, method === "HEAD");
      if (answer === undefined && !closed) return;
      resolve(answer);
      socket.destroy();
    };
    socket.on("connect", async () => {
      await writeParts(socket, parts);
      if (exchange.abandons === true) setTimeout(() => socket.destroy(), BEFORE_LEAVING_MS);
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("data", (bytes) => {
      raw += bytes.toString("latin1");
      finish(false);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => finish(true));
  });
}

/** Talks over TCP; gives all that came back. */
export function converse(port: number, { send, finish }: ScriptConversation): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("connect", async () => {
      await writeParts(socket, [send].flat());
      // The end must not travel in the same segment as the bytes: the two are two events then.
      setTimeout(() => (finish === "end" ? socket.end() : socket.resetAndDestroy()), BEFORE_LEAVING_MS);
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("data", (bytes) => (text += bytes.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(text));
  });
}
