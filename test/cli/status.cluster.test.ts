import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { podLabel as labelOfCli } from "../../cli/src/mesh/resources.js";
import { filterId, podLabel } from "../../registry-operator/src/api/names.js";
import { type MeshScene, requireKubernetes, startMeshScene } from "./mesh-scene.js";
import { assertFailed, runCli, runJson } from "./run-cli.js";

const skip = await requireKubernetes();
let scene: MeshScene;
before(async () => {
  if (!skip) scene = await startMeshScene();
});
after(() => scene?.stop());

const resource = (name: string) => `/apis/meshwasm.io/v1alpha1/namespaces/shop/filterdeployments/${name}`;

test("the CLI and the operator mean the same label", () => {
  assert.equal(labelOfCli("shop", "plain"), podLabel(filterId("shop", "plain")));
});

test("status shows workload, pod, revision wanted and loaded; disable takes the filter away", {
  skip,
}, async () => {
  const { env, ref, kubernetes } = scene;
  await kubernetes.kubectl(["create", "namespace", "shop"]);
  await kubernetes.kubectl(["-n", "shop", "create", "serviceaccount", "default"]);
  assert.deepEqual(await runJson(["status", "-n", "shop"], { env }), { filters: [] });
  const enabled = await runCli(["enable", ref("plain", "1.0.0"), "-n", "shop"], { env });
  assert.equal(enabled.code, 0, enabled.all);
  const [fresh] = await filters("plain");
  assert.deepEqual([fresh?.ready, fresh?.reason], ["Unknown", "NotObserved"]);

  const label = labelOfCli("shop", "plain");
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d9", uid: "1", controller: true };
  for (const [name, value] of [
    ["web-5d9-a", "r-0123456789"],
    ["web-5d9-b", "noop"],
  ] as const) {
    await kubernetes.api.create("/api/v1/namespaces/shop/pods", {
      metadata: { name, labels: { [label]: value, "pod-template-hash": "5d9" }, ownerReferences: [owner] },
      spec: { containers: [{ name: "app", image: "registry.example.com/app" }] },
    });
  }
  const time = "2026-01-01T00:00:00Z";
  await kubernetes.api.patch(`${resource("plain")}/status`, {
    status: {
      ...{ observedGeneration: 1, resolvedDigest: "sha256:aa", revision: "r-0123456789" },
      workloads: { matched: 3, ready: 1 },
      waiting: [
        { pod: "shop/web-5d9-b", reason: "OtherFilterFirst", wanted: "noop", loaded: "noop" },
        { pod: "shop/new", reason: "ModuleNotOnNode" },
      ],
      conditions: [
        {
          type: "Distributed",
          status: "False",
          reason: "ModuleNotOnNode",
          message: "node-2 lacks it",
          lastTransitionTime: time,
        },
        {
          type: "Ready",
          status: "False",
          reason: "ModuleNotOnNode",
          message: "1 of 3",
          lastTransitionTime: time,
        },
      ],
    },
  });
  const [report] = await filters("plain");
  assert.deepEqual(
    report?.pods.map(({ workload, pod, wanted, loaded, reason }) => [workload, pod, wanted, loaded, reason]),
    [
      ["Pod/new", "new", "", "", "ModuleNotOnNode"],
      ["Deployment/web", "web-5d9-a", "r-0123456789", "r-0123456789", ""],
      ["Deployment/web", "web-5d9-b", "noop", "noop", "OtherFilterFirst"],
    ],
  );
  const text = (await runCli(["status", "-A"], { env })).stdout;
  assert.match(text, /^shop\/plain: not ready, 1 of 3 pods \(ModuleNotOnNode: 1 of 3\)$/m);
  assert.match(text, /^ {2}Distributed: ModuleNotOnNode: node-2 lacks it$/m);
  assert.match(text, /^ {2}Deployment\/web +web-5d9-a +r-0123456789 +r-0123456789$/m);

  // More wait than the operator lists: what the others run is not known, and not claimed.
  await kubernetes.api.patch(`${resource("plain")}/status`, {
    status: { workloads: { matched: 9, ready: 1 } },
  });
  assert.equal((await filters("plain"))[0]?.pods.find(({ pod }) => pod === "web-5d9-a")?.loaded, "");

  const dry = await runCli(["disable", "plain", "-n", "shop", "--dry-run"], { env });
  assert.match(dry.stdout, /would be disabled/);
  assert.ok(await kubernetes.api.find(resource("plain")));
  await kubernetes.api.patch(resource("plain"), { metadata: { finalizers: ["meshwasm.io/cleanup"] } });
  const stuck = await runCli(["disable", "plain", "-n", "shop", "--wait", "1"], { env });
  assertFailed(stuck, { code: 1, message: /still being taken back after 1 s/ });
  assert.equal((await filters("plain"))[0]?.reason, "Deleting");
  await kubernetes.api.patch(resource("plain"), { metadata: { finalizers: [] } });
  const gone = await runCli(["disable", "plain", "-n", "shop"], { env });
  assertFailed(gone, {
    code: 1,
    message: /there is no FilterDeployment shop\/plain/,
    hint: /meshwasm status/,
  });
});

test("a filter that is not there, and a cluster without the operator", { skip }, async () => {
  const { env, kubernetes } = scene;
  assertFailed(await runCli(["status", "none", "-n", "shop"], { env }), {
    code: 3,
    message: /not found/,
    hint: /--all-namespaces/,
  });
  await kubernetes.kubectl(["delete", "crd", "filterdeployments.meshwasm.io"]);
  for (const args of [["status"], ["disable", "plain"], ["enable", scene.ref("plain", "1.0.0")]]) {
    assertFailed(await runCli(args, { env }), {
      code: 3,
      message: /does not know FilterDeployments/,
      hint: /meshwasm operator manifests/,
    });
  }
});

interface Report {
  ready: string;
  reason: string;
  pods: { workload: string; pod: string; wanted: string; loaded: string; reason: string }[];
}

async function filters(name: string): Promise<Report[]> {
  return (await runJson<{ filters: Report[] }>(["status", name, "-n", "shop"], { env: scene.env })).filters;
}
