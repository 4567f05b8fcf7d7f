import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../registry-operator/src/kube/client.js";
import { EventRecorder } from "../../registry-operator/src/kube/event-recorder.js";
import { type Change, Informer } from "../../registry-operator/src/kube/informer.js";
import { LeaderElection } from "../../registry-operator/src/kube/leader-election.js";
import { type KubeObject, keyOf } from "../../registry-operator/src/kube/object.js";
import { type Resource, wellKnown } from "../../registry-operator/src/kube/resource.js";
import type { WatchOptions } from "../../registry-operator/src/kube/watch.js";
import { until } from "../mesh/until.js";
import { type Cluster, requireCluster, startCluster } from "./cluster.js";

const skip = await requireCluster();
const maps = "/api/v1/namespaces/default/configmaps";

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

let cluster: Cluster;

before(async () => {
  if (!skip) cluster = await startCluster();
});
after(() => cluster?.stop());

function follow(options: { labelSelector?: string } = {}) {
  const changes: string[] = [];
  const onChange = ({ object, old }: Change<ConfigMap>) => {
    changes.push(`${old ? (object ? "~" : "-") : "+"}${(object ?? old)!.metadata.name}`);
  };
  const informer = new Informer<ConfigMap>(cluster.client, wellKnown.configMaps, {
    namespace: "default",
    onChange,
    indexes: { team: ({ metadata }) => [metadata.labels?.team ?? "none"] },
    ...options,
  });
  return { informer, changes };
}

test("verbs do what they say, and their failures say which", { skip }, async () => {
  const { client } = cluster;
  const target = { namespace: "default", name: "verbs" };
  assert.equal(await client.find(wellKnown.configMaps, target), undefined);
  await assert.rejects(client.get(wellKnown.configMaps, target), {
    code: "KubeFailed",
    status: 404,
    reason: "NotFound",
  });
  const object = (data: Record<string, string>): ConfigMap => ({ metadata: target, data });
  const made = await client.apply<ConfigMap>(wellKnown.configMaps, object({ a: "1", b: "2" }));
  assert.deepEqual(made.data, { a: "1", b: "2" });
  // What is applied no more goes; what somebody else set stays.
  await cluster.kube.api.patch(`${maps}/verbs`, { data: { theirs: "x" } });
  const again = await client.apply<ConfigMap>(wellKnown.configMaps, object({ a: "3" }));
  assert.deepEqual(again.data, { a: "3", theirs: "x" });
  await assert.rejects(
    client.mergePatch(wellKnown.configMaps, target, {
      metadata: { resourceVersion: made.metadata.resourceVersion },
      data: { a: "4" },
    }),
    { status: 409 },
  );
  await assert.rejects(client.create(wellKnown.configMaps, object({})), {
    status: 409,
    reason: "AlreadyExists",
  });
  await client.apply(wellKnown.configMaps, object({ a: "dry" }), { dryRun: true });
  assert.equal((await client.get<ConfigMap>(wellKnown.configMaps, target)).data?.a, "3");
  await assert.rejects(client.delete(wellKnown.configMaps, target, { uid: "another" }), { status: 409 });
  await client.delete(wellKnown.configMaps, target);
  await client.delete(wellKnown.configMaps, target);
});

test("a long list comes in pages, whole", { skip }, async () => {
  const { api } = cluster.kube;
  const names = Array.from({ length: 1203 }, (_, index) => `page-${index}`);
  await Promise.all(
    Array.from({ length: 8 }, async (_, worker) => {
      for (let n = worker; n < names.length; n += 8) {
        await api.create(maps, { metadata: { name: names[n], labels: { page: "yes" } } });
      }
    }),
  );
  const { items } = await cluster.client.list(wellKnown.configMaps, { labelSelector: "page=yes" }, keyOf);
  assert.deepEqual(items.sort(), names.map((name) => `default/${name}`).sort());
  await cluster.kube.kubectl(["delete", "configmap", "-l", "page=yes", "--wait=false"]);
});

test("an informer follows, over cut connections, a dead API server and a compacted etcd", {
  skip,
}, async (t) => {
  const { kube } = cluster;
  const { informer, changes } = follow({ labelSelector: "follow=yes" });
  t.after(() => informer.stop());
  const create = (name: string, labels = {}) =>
    kube.api.create(maps, { metadata: { name, labels: { follow: "yes", ...labels } } });
  await create("one", { team: "a" });
  await informer.start();
  assert.deepEqual(changes, ["+one"]);
  await create("two", { team: "a" });
  await kube.api.patch(`${maps}/one`, { metadata: { labels: { team: "b" } } });
  await until("changes arrive", () => changes.length === 3);
  assert.deepEqual(informer.by("team", "a").map(keyOf), ["default/two"]);
  assert.deepEqual(informer.by("team", "b").map(keyOf), ["default/one"]);

  // The server goes, and while the informer is away the world changes and its version is compacted away.
  await kube.restartApiServer();
  await until("the watch is back", async () => {
    await kube.api.patch(`${maps}/two`, { data: { at: String(Date.now()) } });
    return changes.filter((each) => each === "~two").length > 0;
  });
  await kube.killApiServer();
  assert.equal(informer.size, 2, "the copy stays readable");
  await kube.restartApiServer();
  await kube.api.delete(`${maps}/one`);
  await create("three");
  await until(
    "what happened in between is told",
    () => changes.includes("-one") && changes.includes("+three"),
  );
  assert.deepEqual(informer.list().map(keyOf).sort(), ["default/three", "default/two"]);
});

test("a version that is too old makes it list again, and tells what was missed", { skip }, async (t) => {
  const { kube, client } = cluster;
  // A client whose first watch begins at a version that the server has long forgotten.
  let watches = 0;
  const stale = {
    list: client.list.bind(client),
    watch: (resource: Resource, options: WatchOptions) =>
      client.watch(resource, {
        ...options,
        resourceVersion: watches++ === 0 ? "1" : options.resourceVersion,
      }),
  } as KubeClient;
  await kube.restartApiServer();
  const direct = async () => {
    const signal = AbortSignal.timeout(10_000);
    for await (const _ of client.watch(wellKnown.configMaps, { resourceVersion: "1", signal })) break;
  };
  await assert.rejects(direct, { status: 410 });
  const seen: string[] = [];
  const informer = new Informer<ConfigMap>(stale, wellKnown.configMaps, {
    namespace: "default",
    labelSelector: "stale=yes",
    onChange: ({ object }) => void seen.push(object?.metadata.name ?? "gone"),
  });
  t.after(() => informer.stop());
  await informer.start();
  await kube.api.create(maps, { metadata: { name: "stale", labels: { stale: "yes" } } });
  await until("it is seen", () => seen.includes("stale"));
  assert.ok(watches >= 2, "the first watch was refused");
});

test("what a write returned is in the copy at once, and never goes back", { skip }, async (t) => {
  const { informer } = follow({ labelSelector: "put=yes" });
  t.after(() => informer.stop());
  await informer.start();
  const object = { metadata: { namespace: "default", name: "put", labels: { put: "yes" } } };
  const first = await cluster.client.create<ConfigMap>(wellKnown.configMaps, object);
  const second = await cluster.client.mergePatch<ConfigMap>(wellKnown.configMaps, first.metadata as never, {
    data: { a: "2" },
  });
  informer.put(second);
  informer.put(first);
  assert.equal(informer.get("default/put")?.data?.a, "2");
  await cluster.client.delete(wellKnown.configMaps, { namespace: "default", name: "put" });
  await until("it is gone", () => informer.get("default/put") === undefined);
  informer.put(second);
  assert.equal(informer.get("default/put"), undefined, "an answer that comes late does not bring it back");
});

test("of several one leads; the next follows when it ends, and when it is lost", { skip }, async () => {
  const leaders: string[] = [];
  const stops = new Map<string, AbortController>();
  const contend = (identity: string) => {
    const stop = new AbortController();
    stops.set(identity, stop);
    const election = new LeaderElection(cluster.client, {
      ...{ namespace: "default", name: "leader", identity, lease: 3_000, renew: 2_000, retry: 300 },
    });
    return election.run(async (signal) => {
      leaders.push(identity);
      await sleep(3_600_000, undefined, { signal }).catch(() => {});
    }, stop.signal);
  };
  const a = contend("a");
  await until("a leads", () => leaders.length === 1);
  const b = contend("b");
  await sleep(4_000);
  assert.deepEqual(leaders, ["a"], "a lease that is renewed is not taken");
  stops.get("a")?.abort();
  await a;
  await until("b follows", () => leaders.length === 2, 10);
  // Somebody else writes the lease: b must notice and end.
  await cluster.client.mergePatch(
    wellKnown.leases,
    { namespace: "default", name: "leader" },
    { spec: { holderIdentity: "c" } },
  );
  await assert.rejects(b, { code: "LeadershipLost" });
});

test("an event that happens again is one event with a count", { skip }, async () => {
  const { client, kube } = cluster;
  const object = { metadata: { namespace: "default", name: "eventful", uid: "u-1" } };
  const note = { type: "Warning", reason: "ImageNotFound", message: "no such image" } as const;
  // A recorder of its own each, as after a restart.
  for (let n = 0; n < 3; n++) await new EventRecorder(client).record(wellKnown.configMaps, object, note);
  const same = new EventRecorder(client);
  for (let n = 0; n < 3; n++) await same.record(wellKnown.configMaps, object, note);
  const { items } = await kube.api.get("/api/v1/namespaces/default/events");
  const ours = items.filter(
    ({ involvedObject }: { involvedObject: KubeObject["metadata"] }) => involvedObject.name === "eventful",
  );
  assert.equal(ours.length, 1);
  assert.equal(ours[0].count, 4);
});
