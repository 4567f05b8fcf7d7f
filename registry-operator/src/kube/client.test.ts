import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { KubeClient } from "./client.js";
import { wellKnown } from "./resource.js";

const target = { namespace: "default", name: "a" };

test("with its end, what waits for an answer is stopped, and nothing more is sent", async (t) => {
  const { config, server } = await silentServer(t);
  const end = new AbortController();
  const client = new KubeClient(config, undefined, end.signal);
  const asked = client.update(wellKnown.configMaps, { metadata: target });
  await once(server, "connection");
  end.abort();
  await assert.rejects(asked, { code: "Aborted" });
  let more = 0;
  server.on("connection", () => more++);
  await assert.rejects(client.get(wellKnown.configMaps, target), { code: "Aborted" });
  assert.equal(more, 0);
});

/** An API server that takes connections and never says a word. */
async function silentServer(t: TestContext) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: `https://127.0.0.1:${(server.address() as AddressInfo).port}` }],
    users: [{ name: "u" }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return { config, server };
}
