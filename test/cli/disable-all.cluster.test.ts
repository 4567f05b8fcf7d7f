import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { podLabel } from "../../cli/src/mesh/resources.js";
import { type MeshScene, requireKubernetes, startMeshScene } from "./mesh-scene.js";
import { assertFailed, runCli, runJson } from "./run-cli.js";

const skip = await requireKubernetes();
const policy = "/apis/meshwasm.io/v1alpha1/filterpolicies/meshwasm-disable-all";
let scene: MeshScene;
before(async () => {
  if (!skip) scene = await startMeshScene();
});
after(() => scene?.stop());

test("disable --all makes a policy and ends well only when no pod is told to run a filter", {
  skip,
}, async () => {
  const { env, ref, kubernetes } = scene;
  const { api } = kubernetes;
  const run = (...args: string[]) => runCli(["disable", "--all", ...args], { env });
  await kubernetes.kubectl(["create", "namespace", "shop"]);
  await kubernetes.kubectl(["-n", "shop", "create", "serviceaccount", "default"]);
  const enabled = await runCli(["enable", ref("plain", "1.0.0"), "-n", "shop"], { env });
  assert.equal(enabled.code, 0, enabled.all);
  const label = podLabel("shop", "plain");
  await api.create("/api/v1/namespaces/shop/pods", {
    metadata: { name: "web", labels: { [label]: "r-0123456789" } },
    spec: { containers: [{ name: "app", image: "registry.example.com/app" }] },
  });

  const dry = await run("--dry-run");
  assert.equal(dry.code, 0, dry.all);
  assert.equal(await api.find(policy), undefined, "a dry run made it");
  // No operator runs here: the pod is what we make it.
  assertFailed(await run("--wait", "1"), {
    code: 1,
    message: /after 1 s pods are still told to run filters: shop\/web/,
    hint: /operator/,
  });
  assert.deepEqual((await api.get(policy)).spec, { disabled: true });
  await api.patch("/api/v1/namespaces/shop/pods/web", { metadata: { labels: { [label]: "noop" } } });
  const done = await runJson<{ filters: number }>(["disable", "--all"], { env });
  assert.deepEqual(done, { policy: "meshwasm-disable-all", undone: false, dryRun: false, filters: 1 });

  const undone = await run("--undo");
  assert.equal(undone.code, 0, undone.all);
  assert.equal(await api.find(policy), undefined);
  assertFailed(await run("--undo"), { code: 1, message: /there is no FilterPolicy/ });
});

test("what contradicts itself is bad usage", { skip }, async () => {
  const { env } = scene;
  const cases: [args: string[], message: RegExp][] = [
    [[], /name one FilterDeployment, or --all/],
    [["plain", "--all"], /name one FilterDeployment, or --all/],
    [["plain", "--undo"], /--undo goes with --all/],
    [["--all", "-n", "shop"], /cannot be used with/],
  ];
  for (const [args, message] of cases) {
    assertFailed(await runCli(["disable", ...args], { env }), { code: 2, message });
  }
});
