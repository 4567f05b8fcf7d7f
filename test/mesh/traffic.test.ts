import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../parts/kube-api.js";
import { pushBanner } from "./filters.js";
import { operatedForTests } from "./operated.js";
import { Scene } from "./scene.js";
import { outboundPort } from "./sidecar-resource.js";
import { until } from "./until.js";

const { skip, all } = await operatedForTests();

test("a network filter on a port: enabled, changed beside a connection that stays open, deleted", {
  skip,
}, async (t) => {
  const { app, kube } = all.mesh;
  const image = await pushBanner(all.mesh, "1.0.0");
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  const [pod] = await scene.web.ready();
  const enable = (banner: string) =>
    scene.enable(
      image,
      { rootId: "banner", config: { banner } },
      { traffic: { direction: "Inbound", ports: [app.tcpPort] } },
    );
  const says = async (expected: string) => {
    const [now] = await scene.web.ready();
    await until(`a connection gets ${JSON.stringify(expected)}`, async () => {
      const got = await exchange(await dial(now!, app.tcpPort), "x");
      if (got === expected) return true;
      throw new Error(`it gets ${JSON.stringify(got)}`);
    });
  };
  assert.equal(await exchange(await dial(pod!, app.tcpPort), "x"), "x");
  await enable("one ");
  await scene.filterReady();
  await says("one x");
  await scene.everyPodSays(null);
  const [mounted] = await scene.web.ready();
  const open = await dial(mounted!, app.tcpPort);
  t.after(() => open.destroy());
  assert.equal(await answer(open, "x"), "one x");
  await enable("two ");
  await scene.filterReady();
  await says("two x");
  assert.equal(await answer(open, "y"), "y", "the connection from before");
  await kube.api.delete(scene.path);
  await until("the FilterDeployment is gone", async () => !(await kube.api.find(scene.path)));
  await says("x");
});

test("outbound: what the workload asks others, and not what it is asked", { skip }, async () => {
  const { api } = all.mesh.kube;
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  const { namespace } = scene;
  const ports = [{ name: "http", port: outboundPort, targetPort: all.mesh.app.httpPort }];
  const front = { metadata: { name: "front" }, spec: { selector: { app: "web" }, ports } };
  await api.create(`/api/v1/namespaces/${namespace}/services`, front);
  // Nobody issues certificates to the sidecars here.
  const rules = `/apis/networking.istio.io/v1/namespaces/${namespace}/destinationrules`;
  const trafficPolicy = { tls: { mode: "DISABLE" } };
  const host = `front.${namespace}.svc.cluster.local`;
  await api.create(rules, {
    ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name: "plain" } },
    spec: { host, trafficPolicy },
  });
  const outbound = async (expected: string | undefined) => {
    const [pod] = await scene.web.ready();
    await until(`what goes out gets ${expected}`, async () => {
      const { statusCode, headers } = await ask(pod!, `${host}:${outboundPort}`);
      if (statusCode === 200 && headers["x-hello"] === expected) return true;
      throw new Error(`${statusCode} ${headers["x-hello"]}`);
    });
  };
  await outbound(undefined);
  await scene.enable(all.v1, {}, { traffic: { direction: "Outbound" } });
  await scene.filterReady();
  await outbound("one world");
  await scene.everyPodSays(null);
});

test("an HTTP filter on some ports is on no other", { skip }, async () => {
  const { app } = all.mesh;
  const scene = await Scene.make(all.mesh, { replicas: 1 });
  await scene.enable(all.v1, {}, { traffic: { direction: "Inbound", ports: [app.grpcPort] } });
  await scene.filterReady();
  await scene.everyPodSays(null);
  await scene.enable(all.v1, {}, { traffic: { direction: "Inbound", ports: [app.grpcPort, app.httpPort] } });
  await scene.filterReady();
  await scene.everyPodSays("one world");
});

async function dial({ status }: KubeObject, port: number): Promise<Socket> {
  const socket = connect(port, status.podIP);
  await once(socket, "connect");
  return socket;
}

/** Sends something on a connection of its own, and closes it. */
async function exchange(socket: Socket, text: string): Promise<string> {
  try {
    return await answer(socket, text);
  } finally {
    socket.destroy();
  }
}

/** What comes back by the time that the app's echo of the text has. */
async function answer(socket: Socket, text: string): Promise<string> {
  let got = "";
  const onData = (piece: Buffer) => {
    got += piece;
  };
  socket.on("data", onData).on("error", () => {});
  socket.write(text);
  for (const end = Date.now() + 20_000; !got.endsWith(text); await sleep(5)) {
    if (socket.destroyed || Date.now() > end)
      throw new Error(`the connection ended with ${JSON.stringify(got)}`);
  }
  socket.off("data", onData);
  return got;
}

/** Asks another service through a pod's sidecar, as the app in the pod would. */
async function ask({ status }: KubeObject, host: string): Promise<IncomingMessage> {
  const sent = request({ host: status.podIP, port: outboundPort, headers: { host, connection: "close" } });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return response;
}
