import assert from "node:assert/strict";
import { test } from "node:test";
import { pushHello } from "./filters.js";
import { startLoad } from "./load.js";
import { startGrpcStream, startTcpStream } from "./long-stream.js";
import { operatedForTests } from "./operated.js";
import { conditionOf, Scene } from "./scene.js";
import { until } from "./until.js";

// What filters do wrong.

const { skip, all } = await operatedForTests();

/** One in so many requests has the filter trap. */
const seldom = 1_000;

test("a filter that traps on one request in a thousand breaks what its failure policy says, and no more", {
  skip,
}, async () => {
  const { mesh, operator } = all;
  const scene = await Scene.make(mesh, { replicas: 1 });
  for (const { failurePolicy, traps, failed, after, says } of [
    { failurePolicy: "FailReload", traps: 2, failed: 2, after: [200, "one world"], says: null },
    { failurePolicy: "FailOpen", traps: 1, failed: 1, after: [200, null], says: "FailOpen" },
    { failurePolicy: "FailClosed", traps: 1, failed: "all", after: [503, null], says: "FailClosed" },
  ] as const) {
    await scene.enable(all.v1, { failurePolicy });
    await scene.filterReady();
    const [pod] = await scene.web.ready();
    const host = pod!.status.podIP;
    let sent = 0;
    // One request at a time: others that the VM holds when it traps end with it.
    const load = startLoad({
      ...{ host, port: mesh.app.httpPort, connections: 1, pause: 0 },
      headers: () => (++sent % seldom === 0 ? { "x-trap": "yes" } : {}) as Record<string, string>,
    });
    const tcp = startTcpStream({ host, port: mesh.app.tcpPort, pause: 50 });
    const grpc = startGrpcStream({ host, port: mesh.app.grpcPort, pause: 50 });
    await until("enough is sent", () => sent > traps * seldom + 100, 120);
    const result = await load.stop();
    const expected = failed === "all" ? result.requests - traps * seldom + 1 : failed;
    assert.deepEqual([result.failed, result.closed], [expected, 0], failurePolicy);
    assert.ok(result.failures.every((each) => each === "Error: status 503"));
    const ofTcp = await tcp.stop();
    assert.deepEqual([ofTcp.failed, ofTcp.closed], [0, 0], "a connection that the filter is not on");
    assert.deepEqual((await grpc.stop()).closed, 1, "a stream that the VM held when it trapped");

    const answer = await mesh.request(pod!);
    await answer.text();
    assert.deepEqual([answer.status, answer.headers.get("x-hello")], after);
    const reloads = [...(await mesh.stats(pod!))].filter(([name]) => name.endsWith("_vm_reload_success"));
    assert.deepEqual(
      reloads.map(([, count]) => count),
      [says === null ? traps : 0],
    );
    if (says === null) {
      // Within five minutes it would look again; an operator that starts looks at once.
      await operator.kill();
      await operator.start();
    }
    const expectedWords =
      says === null
        ? `; the filter's VM crashed and was made anew ${traps} times on ${scene.namespace}/${pod!.metadata.name}`
        : `; with ${says} Envoy does not say whether its VM crashed`;
    await until("the status says so", async () => {
      const { message = "" } = conditionOf(await scene.filter(), "Ready") ?? {};
      if (message.endsWith(expectedWords)) return true;
      throw new Error(message);
    });
  }
  // What the VM could not serve any more, another content can.
  await scene.enable(all.v2);
  await scene.filterReady();
  await scene.everyPodSays("two world");
});

test("a filter that traps at its start is not taken: the last good one serves on, and the status names the pods", {
  skip,
}, async () => {
  const { mesh } = all;
  const scene = await Scene.make(mesh, { replicas: 1 });
  const image = await pushHello(mesh, { version: "3.0.0", prefix: "three ", trapsAtStart: true });
  const refused = () =>
    until("the status names the pods", async () => {
      const { message } = await scene.reason("Loaded", "NotLoaded");
      const [pod] = await scene.web.ready();
      const named = message.includes(`${scene.namespace}/${pod!.metadata.name} (its Envoy runs`);
      const { reason } = conditionOf(await scene.filter(), "Ready")!;
      if (named && reason === "NotLoaded") return true;
      throw new Error(message);
    });
  // With nothing good before it, the pods that are there go on without a filter.
  await scene.enable(image);
  await scene.web.ready();
  await refused();
  await scene.underLoad(async () => {
    await scene.everyPodSays(null);
    await scene.scale(2);
    await scene.everyPodSays(null);
    await scene.enable(all.v1);
    await scene.filterReady();
    await scene.everyPodSays("one world");
  });
  await scene.underLoad(async () => {
    for (const enable of [
      () => scene.enable(image),
      () => scene.enable(all.v2, { config: { greeting: "trap at start" } }),
    ]) {
      await enable();
      await refused();
      await scene.everyPodSays("one world");
    }
    // A pod that comes meanwhile begins with what is known to be taken.
    await scene.scale(3);
    await scene.everyPodSays("one world");
    await scene.enable(all.v2);
    await scene.filterReady();
    await scene.everyPodSays("two world");
  });
});
