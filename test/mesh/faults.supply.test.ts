import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import type { KubeObject } from "../parts/kube-api.js";
import { badInputs } from "./bad-input.js";
import { pushHello } from "./filters.js";
import { store } from "./hand-written.js";
import { operatedForTests } from "./operated.js";
import { conditionOf, Scene } from "./scene.js";
import { noSmallDisk, smallDisk } from "./small-disk.js";
import { until } from "./until.js";

// What modules come from, and where they go: the registry, and the nodes' disks.

const imageSeconds = 10;
const { skip, all } = await operatedForTests({ args: ["--image-seconds", String(imageSeconds)] });

let made: Scene | undefined;

/** The scene of the tests of the registry, of one pod, with this version enabled and ready. */
async function enabled(image = all.v1): Promise<Scene> {
  made ??= await Scene.make(all.mesh, { replicas: 1 });
  await made.scale(1);
  await made.enable(image);
  await made.filterReady();
  return made;
}

test("a disk that is full: the old module serves on, the status names node and reason, and room is enough", {
  skip: skip || noSmallDisk,
}, async () => {
  const { mesh, operator } = all;
  const { api } = mesh.kube;
  const node = await mesh.addNode();
  const disk = smallDisk(mesh, join(node.root, store), "256k");
  await operator.addAgent(node);
  const scene = await Scene.make(mesh, { node: node.name, replicas: 1 });
  await scene.enable(all.v1);
  await scene.filterReady();
  const modules = async () =>
    (await readdir(disk.folder)).filter((name) => name !== "of-somebody-else").sort();
  const before = await modules();
  assert.equal(before.length, 1);
  await disk.fill();
  await scene.underLoad(async () => {
    await scene.enable(all.v2);
    const { message } = await until("the node is named with what is wrong", async () => {
      const is = await scene.reason("Distributed", "NodesMissing");
      if (/StoreFull/.test(is.message)) return is;
      throw new Error(is.message);
    });
    assert.match(message, new RegExp(`^0 of 1 nodes have .*: ${node.name} \\(StoreFull: no space .*ENOSPC`));
    assert.equal(conditionOf(await scene.filter(), "Ready")?.message, message);
    assert.deepEqual(await modules(), before, "nothing half-written is left");
    const { items } = await api.get("/api/v1/namespaces/default/events");
    const said = items.filter(
      ({ reason, involvedObject }: KubeObject) =>
        reason === "StoreFull" && involvedObject.kind === "NodeModules" && involvedObject.name === node.name,
    );
    assert.equal(said.length, 1);
    // Pods that come meanwhile, and the Envoys of those that are there, read the old module.
    await scene.scale(2);
    await scene.everyPodSays("one world");
    await disk.free();
    await scene.everyPodSays("two world");
    await scene.filterReady();
  });
  const files = await modules();
  assert.equal(files.length, 2);
  for (const name of files) {
    const hash = createHash("sha256").update(await readFile(join(disk.folder, name)));
    assert.equal(name, `sha256-${hash.digest("hex")}.wasm`);
  }
  const { status } = await api.get(`/apis/meshwasm.io/v1alpha1/nodemodules/${node.name}`);
  assert.equal(status.failures, undefined);
});

test("other bytes under a digest are refused and named, be it the manifest's or the module's", {
  skip,
}, async () => {
  const { mesh } = all;
  const scene = await enabled();
  const image = await pushHello(mesh, { version: "3.0.0", prefix: "three " });
  await scene.underLoad(async () => {
    for (const [part, greeting] of [
      ["/blobs/", "blob"],
      ["/manifests/sha256:", "manifest"],
    ] as const) {
      const spoils = (path: string) => path.includes("/hello/") && path.includes(part);
      mesh.spoilRegistry(({ method, path }) =>
        method === "GET" && spoils(path) ? { type: "corrupt" } : undefined,
      );
      await scene.enable(image, { config: { greeting } });
      const { message } = await scene.reason("Verified", "DigestMismatch");
      assert.match(message, /sha256:[0-9a-f]{64}/, part);
      await scene.everyPodSays("one world");
    }
    mesh.spoilRegistry(undefined);
    await scene.everyPodSays("three manifest");
    await scene.filterReady();
  });
});

test("a tag that moved is followed when the spec changes and asks for it, and not before", {
  skip,
}, async () => {
  const { mesh, operator } = all;
  const moving = (prefix: string) => pushHello(mesh, { version: "4.0.0", tag: "edge", prefix });
  const image = await moving("four ");
  const scene = await enabled(image);
  await moving("five ");
  const { status } = await scene.filter();
  await scene.underLoad(async () => {
    // Neither an operator that starts anew nor a new pod is a reason to look.
    await operator.kill();
    await operator.start();
    await until("it leads", () => operator.leads());
    await scene.scale(2);
    await scene.everyPodSays("four world");
    await scene.enable(image, { config: { greeting: "all" } });
    await scene.everyPodSays("four all");
    assert.equal((await scene.filterReady()).status.resolvedDigest, status.resolvedDigest);
    await scene.enable(image, { config: { greeting: "more" }, imagePullPolicy: "Always" });
    await scene.everyPodSays("five more");
    assert.notEqual((await scene.filterReady()).status.resolvedDigest, status.resolvedDigest);
  });
});

test("a registry that sends byte by byte holds up nothing else, and is given up and named after a while", {
  skip,
}, async () => {
  const { mesh } = all;
  const [scene, other] = [await enabled(), await Scene.make(mesh, { replicas: 1 })];
  const image = await pushHello(mesh, { version: "6.0.0", prefix: "six " });
  mesh.spoilRegistry(({ method, path }) =>
    method === "GET" && path.includes("/hello/blobs/")
      ? { type: "handle", handle: (_, response) => trickle(response) }
      : undefined,
  );
  const elsewhere = await pushHello(mesh, { name: "elsewhere", version: "1.0.0", prefix: "else " });
  await scene.underLoad(async () => {
    await scene.enable(image);
    await scene.reason("Resolved", "Resolving");
    await other.enable(elsewhere, { rootId: "elsewhere" });
    await other.filterReady();
    await other.everyPodSays("else world");
    const { message } = await scene.reason("Resolved", "RegistryUnreachable");
    assert.match(message, new RegExp(`^registry \\S+ did not send the image within ${imageSeconds} s`));
    await scene.everyPodSays("one world");
    mesh.spoilRegistry(undefined);
    await scene.everyPodSays("six world");
    await scene.filterReady();
  });
});

/** A body that would take days. */
function trickle(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": 1_000_000 });
  const timer = setInterval(() => response.write("x"), 100);
  response.once("close", () => clearInterval(timer));
}

test("what cannot be enabled is said with its reason, by a condition and an event, and nothing in the mesh changes", {
  skip,
}, async () => {
  const { mesh } = all;
  const { api } = mesh.kube;
  const policies = "/apis/meshwasm.io/v1alpha1/filterpolicies";
  const scene = await Scene.make(mesh, { replicas: 1 });
  const deployment = `/apis/apps/v1/namespaces/${scene.namespace}/deployments/web`;
  const before = [(await api.get(deployment)).spec, (await scene.web.pods())[0]?.metadata.labels];
  // All is pushed before the registry asks for a password.
  const inputs = await badInputs(mesh);
  mesh.spoilRegistry(({ path }) =>
    path.includes("/bad/private/")
      ? { type: "status", status: 401, headers: { "www-authenticate": 'Basic realm="bad"' } }
      : undefined,
  );
  for (const { filter, policy, condition, reason, message } of inputs) {
    if (policy) {
      const spec = { ...policy, namespaces: [scene.namespace] };
      const metadata = { name: "strict" };
      await api.create(policies, {
        ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterPolicy", metadata, spec },
      });
    }
    await scene.enable(filter.image, filter);
    const said = await scene.reason(condition, reason);
    assert.equal(said.status, "False");
    assert.match(said.message, message);
    assert.equal(conditionOf(await scene.filter(), "Ready")?.reason, reason);
    await until(`an event says ${reason}`, async () => {
      const { items } = await api.get(`/api/v1/namespaces/${scene.namespace}/events`);
      return items.some(
        (event: KubeObject) =>
          event.involvedObject.name === "hello" && event.reason === reason && event.type === "Warning",
      );
    });
    if (policy) await api.delete(`${policies}/strict`);
  }
  assert.deepEqual((await api.get(scene.envoyFilters)).items, []);
  assert.deepEqual([(await api.get(deployment)).spec, (await scene.web.pods())[0]?.metadata.labels], before);
  await scene.everyPodSays(null);
  // Nobody is wrong here but the selector: the filter waits for its pods.
  await scene.enable(all.v1, {}, { workloadSelector: { matchLabels: { app: "nobody" } } });
  const { message } = await scene.reason("Loaded", "NoPods");
  assert.match(message, /no running pod with a sidecar is selected/);
  await scene.everyPodSays(null);
});
