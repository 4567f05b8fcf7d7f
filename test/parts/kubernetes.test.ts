import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeApi } from "./kube-api.js";
import { requireKubernetes, startKubernetes } from "./kubernetes.js";

const skip = await requireKubernetes();

test("a real control plane: RBAC, bound tokens, controllers, a restart", { skip }, async (t) => {
  const kube = await startKubernetes({ controllerManager: true });
  t.after(() => kube.stop());
  const { api } = kube;
  await api.create("/api/v1/namespaces", { metadata: { name: "a" } });
  const account = "/api/v1/namespaces/a/serviceaccounts/default";
  for (let i = 0; i < 200 && !(await api.find(account)); i++) await sleep(50);

  const config = JSON.parse(
    await readFile(await kube.kubeconfigFor({ namespace: "a", serviceAccount: "default" }), "utf8"),
  );
  const user = new KubeApi(kube.url, kube.ca, config.users[0].user.token);
  t.after(() => user.close());
  await assert.rejects(user.get("/api/v1/nodes"), { status: 403, reason: "Forbidden" });

  const spec = { nodeName: "node-1", containers: [{ name: "a", image: "a" }] };
  await api.create("/api/v1/nodes", { metadata: { name: "node-1" } });
  const pod = await api.create("/api/v1/namespaces/a/pods", { metadata: { name: "p" }, spec });
  assert.ok(pod.spec.volumes.length > 0, "the ServiceAccount admission adds the token's volume");
  const bound = { name: "p", uid: pod.metadata.uid };
  const token = await kube.token({
    namespace: "a",
    serviceAccount: "default",
    audiences: ["meshwasm"],
    pod: bound,
  });
  const review = { spec: { token, audiences: ["meshwasm"] } };
  const { status } = await api.create("/apis/authentication.k8s.io/v1/tokenreviews", review);
  assert.equal(status.authenticated, true);
  assert.deepEqual(status.user.extra["authentication.kubernetes.io/node-name"], ["node-1"]);

  const seen: string[] = [];
  const watching = new AbortController();
  const watch = api.watch(
    "/api/v1/pods",
    (type, { metadata }) => seen.push(`${type} ${metadata.name}`),
    watching.signal,
  );
  await kube.restartApiServer();
  await kube.kubectl(["create", "deployment", "d", "-n", "a", "--image", "x"]);
  for (let i = 0; i < 600 && !seen.some((each) => /^ADDED d-/.test(each)); i++) await sleep(50);
  watching.abort();
  await watch;
  assert.ok(seen.includes("ADDED p"), seen.join());
  assert.ok(
    seen.some((each) => /^ADDED d-/.test(each)),
    seen.join(),
  );
});
