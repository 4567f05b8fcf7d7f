import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Cluster, requireCluster, startCluster } from "./cluster.js";

const skip = await requireCluster();
const path = "/apis/meshwasm.io/v1alpha1/namespaces/default/filterdeployments";
const image = "registry.example.com/filters/limit:1.0.0";

let cluster: Cluster;

before(async () => {
  if (!skip) cluster = await startCluster();
});
after(() => cluster?.stop());

function create(spec: object, name = "limit"): Promise<{ spec: never }> {
  const body = { apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment", metadata: { name }, spec };
  // Strict, so that a field that nobody knows is an error and not left out without a word.
  return cluster.kube.api.create(`${path}?fieldValidation=Strict&dryRun=All`, body);
}

test("defaults are filled in where their parents are", { skip }, async () => {
  const config = { perSecond: 10, nested: { list: [1, "a", null] } };
  const { spec } = await create({ filter: { image, config }, traffic: {}, order: {}, delivery: {} });
  assert.deepEqual(spec, {
    filter: { image, config, imagePullPolicy: "IfNotPresent", failurePolicy: "FailReload" },
    traffic: { direction: "Inbound" },
    order: { phase: "UNSPECIFIED", priority: 0 },
    delivery: { mode: "Auto", restart: "Auto" },
    paused: false,
  });
});

test("what is wrong, and what this version does not do, is refused with words that help", {
  skip,
}, async () => {
  const filter = { image };
  const wrong: [spec: object, words: RegExp][] = [
    [{}, /spec\.filter: Required/],
    [{ filter: { image: "UPPER/case" } }, /spec\.filter\.image/],
    [{ filter: { image: "registry.example.com/filters/limit" } }, /a tag or a digest is needed/],
    [{ filter: { image: `localhost:5000/${"a/".repeat(300)}b:1` } }, /Too long/],
    [{ filter: { ...filter, failurePolicy: "FailSometimes" } }, /Unsupported value: "FailSometimes"/],
    [{ filter: { ...filter, config: "text" } }, /must be of type object/],
    [{ filter: { ...filter, rootId: "a b" } }, /spec\.filter\.rootId/],
    [{ filter: { ...filter, vm: { env: { "1A": "x" } } } }, /the name of an environment variable/],
    [{ filter: { ...filter, vm: { allowedCapabilities: [] } } }, /should have at least 1 items/],
    [{ filter: { ...filter, vm: { allowedCapabilities: ["proxy log"] } } }, /allowedCapabilities\[0\]/],
    [{ filter, order: { phase: "LAST" } }, /Unsupported value: "LAST"/],
    [
      { filter, order: { phase: "AUTHN" }, traffic: { direction: "Outbound" } },
      /AUTHN is for traffic that comes in/,
    ],
    [{ filter, delivery: { mode: "Sometimes" } }, /Unsupported value: "Sometimes"/],
    [
      { filter, delivery: { mode: "ImageVolume" }, rollout: { steps: [{ share: "10%" }] } },
      /there are no steps by share of pods/,
    ],
    [{ filter, traffic: { ports: [0] } }, /ports\[0\]/],
    [{ filter, traffic: { ports: [80, 80] } }, /Duplicate value/],
    [{ filter, traffic: { ports: [] } }, /ports/],
    [{ filter, workloadSelector: {} }, /matchLabels: Required/],
    [{ filter, workloadSelector: { matchLabels: {} } }, /matchLabels/],
    [{ filter, workloadSelector: { matchLabels: { "meshwasm.io/f-1": "x" } } }, /the operator's own/],
    [{ filter, workloadSelector: { matchLabels: { app: "a,b" } } }, /matchLabels/],
    [{ filter, workloadSelector: { matchLabels: { "a b": "c" } } }, /not the name of a label/],
    [{ filter, something: 1 }, /unknown field "spec\.something"/],
  ];
  for (const [spec, words] of wrong) {
    await assert.rejects(create(spec), { message: words }, JSON.stringify(spec).slice(0, 200));
  }
});

test("the steps of a rollout are shares that rise, with pauses", { skip }, async () => {
  const filter = { image };
  const steps = [{ share: "1%", pause: "90s" }, { share: "20%", pause: "1h30m" }, { share: "100%" }];
  const { spec } = await create({ filter, rollout: { steps } });
  assert.deepEqual((spec as { rollout: object }).rollout, { steps });
  const refused = (rollout: object, words: RegExp) =>
    assert.rejects(create({ filter, rollout }), { message: words }, JSON.stringify(rollout));
  await refused({}, /rollout\.steps: Required/);
  await refused({ steps: [] }, /rollout\.steps/);
  await refused({ steps: [{ pause: "5m" }] }, /a step has either a share of the pods, .*, or workloads/);
  for (const share of ["0%", "101%", "10", "1.5%", "-1%"]) {
    await refused({ steps: [{ share }] }, /steps\[0\]\.share/);
  }
  for (const pause of ["", "5", "m", "5 m", "1d", "30s5m"]) {
    await refused({ steps: [{ share: "10%", pause }] }, /steps\[0\]\.pause/);
  }
  for (const shares of [
    ["10%", "10%"],
    ["50%", "9%"],
    ["10%", "50%", "20%"],
  ]) {
    await refused({ steps: shares.map((share) => ({ share })) }, /each step's share must be larger/);
  }
});

test("a step of a rollout is a share or workloads, never both", { skip }, async () => {
  const filter = { image };
  const workloads = ["Deployment/reviews-canary", "StatefulSet/a.b", "shop/DaemonSet/c"];
  const steps = [{ workloads, pause: "5m" }, { share: "10%" }, { workloads: ["Deployment/reviews"] }];
  const more = [...steps, { share: "50%", pause: "0s" }];
  const { spec } = await create({ filter, rollout: { steps: more } });
  assert.deepEqual((spec as { rollout: object }).rollout, { steps: more });
  // As large as it may be: the API server has limits of its own for what validation costs.
  const full = Array.from({ length: 16 }, (_, step) => ({
    workloads: Array.from(
      { length: 16 },
      (_, n) => `${"n".repeat(63)}/StatefulSet/${step}-${n}${"x".repeat(200)}`,
    ),
  }));
  await create({ filter, rollout: { steps: full } });
  const refused = (step: object, words: RegExp) =>
    assert.rejects(create({ filter, rollout: { steps: [step] } }), { message: words }, JSON.stringify(step));
  await refused({ share: "10%", workloads }, /a step has either a share of the pods, .*, or workloads/);
  await refused({ workloads: [] }, /steps\[0\]\.workloads/);
  await refused({ workloads: ["Deployment/a", "Deployment/a"] }, /Duplicate value/);
  for (const name of [
    "reviews",
    "Job/a",
    "deployment/a",
    "Deployment/",
    "Deployment/a b",
    "a/b/Deployment/c",
  ]) {
    await refused({ workloads: [name] }, /steps\[0\]\.workloads\[0\]/);
  }
  const falling = [{ share: "50%" }, { workloads }, { share: "10%" }];
  await assert.rejects(create({ filter, rollout: { steps: falling } }), {
    message: /each step's share must be larger/,
  });
});

test("kubectl shows where a rollout is: its share, or its workloads", { skip }, async () => {
  const { api, kubectl } = cluster.kube;
  const shown = async (reach: object) => {
    const rollout = {
      ...{ revision: "r-new", stable: "r-old", generation: 1, phase: "Paused", step: 1, steps: 2 },
      ...{ since: "2026-01-01T00:00:00Z", ...reach },
    };
    const body = {
      apiVersion: "meshwasm.io/v1alpha1",
      ...{ kind: "FilterDeployment", metadata: { name: "shown" }, spec: { filter: { image } } },
    };
    await api.create(path, body);
    await api.patch(`${path}/shown/status`, { status: { rollout } });
    const [head = "", row = ""] = (await kubectl(["get", "filterdeployments", "shown"])).split("\n");
    await api.delete(`${path}/shown`);
    return row.slice(head.indexOf("ROLLOUT")).split(/\s{2,}/)[0];
  };
  assert.equal(await shown({ share: "10%" }), "10%");
  assert.equal(await shown({ workloads: ["Deployment/a"], earlier: ["10%"] }), '["Deployment/a"]');
});

test("the gate of a rollout has defaults and limits", { skip }, async () => {
  const steps = [{ share: "10%" }];
  const gated = async (gate: object) => {
    const { spec } = await create({ filter: { image }, rollout: { steps, gate } });
    return (spec as { rollout: { gate: object } }).rollout.gate;
  };
  const meant = { maxVmReloads: 0, maxErrorIncrease: "1%", minRequests: 100, loadDeadline: "1m" };
  assert.deepEqual(await gated({}), meant);
  const own = { maxVmReloads: 5, maxErrorIncrease: "0.25%", minRequests: 0, loadDeadline: "1m30s" };
  assert.deepEqual(await gated(own), own);
  for (const wrong of [
    { maxVmReloads: -1 },
    { maxErrorIncrease: "101%" },
    { maxErrorIncrease: "1.234%" },
    { minRequests: -1 },
    { loadDeadline: "60" },
  ]) {
    const [name = ""] = Object.keys(wrong);
    await assert.rejects(gated(wrong), { message: new RegExp(`gate\\.${name}`) }, name);
  }
});

test("images are accepted as people write them", { skip }, async () => {
  const digest = `sha256:${"a".repeat(64)}`;
  for (const good of [
    "registry.example.com/limit:1.0.0",
    "localhost:5000/filters/limit:latest",
    `registry.example.com/a/b-c/d_e@${digest}`,
    `registry.example.com/limit:1.0.0@${digest}`,
    "127.0.0.1:35000/hello:v1",
  ]) {
    await create({ filter: { image: good } });
  }
});

test("policies and nodes have their shapes too", { skip }, async () => {
  const { api, kubectl } = cluster.kube;
  const policies = "/apis/meshwasm.io/v1alpha1/filterpolicies?fieldValidation=Strict&dryRun=All";
  const policy = (spec: object) =>
    api.create(policies, {
      apiVersion: "meshwasm.io/v1alpha1",
      kind: "FilterPolicy",
      metadata: { name: "p" },
      spec,
    });
  const key = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
  await policy({
    namespaces: ["shop"],
    allowedRegistries: [],
    maxModuleBytes: 1,
    allowedCapabilities: ["proxy_log"],
    disabled: false,
    signing: { publicKeys: [key] },
  });
  await assert.rejects(policy({ signing: { publicKeys: ["-----BEGIN PRIVATE KEY-----"] } }), /publicKeys/);
  await assert.rejects(policy({ maxModuleBytes: 2 ** 40 }), /maxModuleBytes/);
  await assert.rejects(policy({ allowedCapabilities: ["Proxy Log"] }), /allowedCapabilities/);
  await assert.rejects(policy({ signing: {} }), /publicKeys: Required/);

  const nodes = "/apis/meshwasm.io/v1alpha1/nodemodules";
  await api.create(nodes, {
    apiVersion: "meshwasm.io/v1alpha1",
    kind: "NodeModules",
    metadata: { name: "n" },
  });
  const digests = [`sha256:${"a".repeat(64)}`];
  await api.patch(`${nodes}/n/status`, { status: { digests, agentVersion: "0.1.0" } });
  await assert.rejects(api.patch(`${nodes}/n/status`, { status: { digests: ["no digest"] } }), /digests/);
  assert.match(await kubectl(["get", "nodemodules", "-o", "wide"]), /n\s+0\.1\.0\s+\["sha256:/);
});
