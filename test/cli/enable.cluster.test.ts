import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { parse } from "yaml";
import { freePorts } from "../parts/free-port.js";
import { temporaryFolder } from "./filter-folder.js";
import { type MeshScene, requireKubernetes, startMeshScene } from "./mesh-scene.js";
import { assertFailed, type ErrorDocument, runCli, runJson } from "./run-cli.js";

const skip = await requireKubernetes();
let scene: MeshScene;
before(async () => {
  if (!skip) scene = await startMeshScene();
});
after(() => scene?.stop());

const object = (namespace: string, name: string) =>
  scene.kubernetes.api.find(`/apis/meshwasm.io/v1alpha1/namespaces/${namespace}/filterdeployments/${name}`);

async function namespaceAndConfig(t: TestContext, name: string, config = '{"perSecond": 10}') {
  await scene.kubernetes.kubectl(["create", "namespace", name]);
  const file = join(await temporaryFolder(t), "config.json");
  await writeFile(file, config);
  return file;
}

test("enable makes a FilterDeployment; an upgrade keeps what it does not name", { skip }, async (t) => {
  const file = await namespaceAndConfig(t, "shop");
  const { env, ref } = scene;
  const first = ref("limit", "1.0.0");
  const done = await runJson(
    ["enable", first, "-n", "shop", "-l", "app=shop,version=v1", "--config", file, "--port", "9080"],
    { env },
  );
  assert.deepEqual([done.namespace, done.name, done.image, done.generation], ["shop", "limit", first, 1]);
  assert.match(String(done.digest), /^sha256:[0-9a-f]{64}$/);
  const { spec } = await object("shop", "limit");
  assert.deepEqual(spec.workloadSelector, { matchLabels: { app: "shop", version: "v1" } });
  assert.deepEqual(
    [spec.filter.image, spec.filter.config, spec.traffic.ports],
    [first, { perSecond: 10 }, [9080]],
  );

  const second = ref("limit", "1.1.0");
  const upgraded = await runCli(["enable", second, "-n", "shop"], { env });
  assert.equal(upgraded.code, 0, upgraded.all);
  const after = await object("shop", "limit");
  assert.deepEqual({ ...after.spec.filter, image: first }, spec.filter);
  assert.deepEqual([after.spec.filter.image, after.spec.workloadSelector], [second, spec.workloadSelector]);

  const again = await runJson(["enable", second, "-n", "shop"], { env });
  assert.equal(again.generation, after.metadata.generation, "written although nothing had changed");
  const all = await runCli(["enable", second, "-n", "shop", "--all-workloads", "--pin"], { env });
  assert.equal(all.code, 0, all.all);
  const wide = (await object("shop", "limit")).spec;
  assert.equal(wide.workloadSelector, undefined);
  assert.equal(wide.filter.image, `${second}@${again.digest}`);
});

test("the way that the module takes is kept by an upgrade", { skip }, async () => {
  const { env, ref, kubernetes } = scene;
  await kubernetes.kubectl(["create", "namespace", "delivered"]);
  const enable = async (...args: string[]) => {
    const ended = await runCli(["enable", ...args, "-n", "delivered"], { env });
    assert.equal(ended.code, 0, ended.all);
    return (await object("delivered", "plain")).spec.delivery;
  };
  assert.equal(await enable(ref("plain", "1.0.0")), undefined);
  const chosen = { mode: "ImageVolume", restart: "Auto" };
  assert.deepEqual(await enable(ref("plain", "1.0.0"), "--delivery", "ImageVolume"), chosen);
  assert.deepEqual(await enable(ref("plain", "1.0.0"), "--restart", "Never"), {
    ...chosen,
    restart: "Never",
  });
  const back = await enable(ref("plain", "1.0.0"), "--delivery", "HostPath");
  assert.deepEqual(back, { mode: "HostPath", restart: "Never" });
  const odd = await runCli(["enable", ref("plain", "1.0.0"), "--delivery", "Post"], { env });
  assertFailed(odd, { code: 2, message: /Allowed choices are Auto, HostPath, ImageVolume/ });
});

test("a filter stands where its author says, until somebody says where; an upgrade does not move it", {
  skip,
}, async () => {
  const { env, ref, kubernetes } = scene;
  await kubernetes.kubectl(["create", "namespace", "ordered"]);
  const enable = async (...args: string[]) => {
    const ended = await runCli(["enable", ...args, "-n", "ordered"], { env });
    assert.equal(ended.code, 0, ended.all);
  };
  const order = async (name: string) => (await object("ordered", name)).spec.order;
  await enable(ref("guard", "1.0.0"));
  assert.equal((await order("guard")).phase, "AUTHZ");
  await enable(ref("guard", "1.1.0"));
  assert.equal((await order("guard")).phase, "AUTHZ");
  await enable(ref("guard", "1.1.0"), "--phase", "AUTHN", "--priority", "-7");
  assert.deepEqual(await order("guard"), { phase: "AUTHN", priority: -7 });
  await enable(ref("plain", "1.0.0"));
  assert.equal(await order("plain"), undefined);
  for (const [flag, value, message] of [
    ["--phase", "FIRST", /Allowed choices are AUTHN, AUTHZ, STATS, UNSPECIFIED/],
    ["--priority", "1e3", /-1000000 to 1000000/],
    ["--priority", "1000001", /-1000000 to 1000000/],
  ] as const) {
    const args = ["enable", ref("plain", "1.0.0"), "-n", "ordered", flag, value];
    assertFailed(await runCli(args, { env }), { code: 2, message });
  }
});

test("a configuration that breaks the artifact's schema is refused before anything is changed", {
  skip,
}, async (t) => {
  const file = await namespaceAndConfig(t, "strict", '{"perSecond": 0, "burst": 1}');
  const { env, ref } = scene;
  const run = (...more: string[]) =>
    runCli(["enable", ref("limit", "1.0.0"), "-n", "strict", ...more], { env });
  const bad = await run("--config", file);
  assertFailed(bad, { code: 2, message: /config\.json: \$\.perSecond: must be >= 1/ });
  assert.match(bad.stderr, /'burst' is not known/);
  assertFailed(await run(), { code: 2, message: /required property 'perSecond'/, hint: /--config FILE/ });
  await writeFile(file, '{"perSecond": 1,');
  assertFailed(await run("--config", file), { code: 2, message: /config\.json:1:17: not JSON/ });
  assertFailed(await run("--config", `${file}.none`), { code: 2, message: /cannot be read \(ENOENT\)/ });
  assert.equal(await object("strict", "limit"), undefined);
});

test("a dry run prints what the API server takes, and asks no cluster", { skip }, async (t) => {
  const file = await namespaceAndConfig(t, "dry");
  const args = [
    "enable",
    scene.ref("limit", "1.0.0"),
    "-n",
    "dry",
    "-l",
    "app=a",
    "--config",
    file,
    "--dry-run",
  ];
  const env = { KUBECONFIG: "/nonexistent" };
  const ended = await runCli(args, { env });
  assert.equal(ended.code, 0, ended.all);
  const check = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
  await scene.kubernetes.kubectl(check, ended.stdout);
  assert.deepEqual(parse(ended.stdout), await runJson(args, { env }));
  assert.equal(await object("dry", "limit"), undefined);
});

test("bad usage: exit 2, with the next step", { skip }, async () => {
  const { env, ref } = scene;
  const image = ref("plain", "1.0.0");
  const cases: [args: string[], message: RegExp][] = [
    [[image, "-l", "app"], /-l app is not LABEL=VALUE/],
    [[image, "-l", "app in (a,b)"], /is not LABEL=VALUE/],
    [[image, "-l", "app=a", "-l", "app=b"], /two values of app/],
    [[image, "-l", "app=a", "--all-workloads"], /cannot be used with/],
    [[image, "--port", "0"], /1 to 65535/],
    [[image, "--failure-policy", "Maybe"], /FailReload/],
    [[image.replace(":1.0.0", "")], /neither a tag nor a digest/],
    [["oci:/tmp/x:1"], /is a folder/],
    [[image, "--kubeconfig", "/nonexistent"], /cannot be used/],
    [[image, "--context", "none"], /no cluster for context 'none'/],
  ];
  for (const [args, message] of cases) {
    assertFailed(await runCli(["enable", ...args], { env }), { code: 2, message });
  }
});

test("a cluster or a registry that fails: exit 3", { skip }, async (t) => {
  await namespaceAndConfig(t, "remote");
  const { env, ref, kubernetes } = scene;
  const image = ref("plain", "1.0.0");
  const [port] = await freePorts(1);
  const gone = join(await temporaryFolder(t), "kubeconfig");
  await writeFile(
    gone,
    (await scene.kubernetes.kubectl(["config", "view", "--raw"])).replace(
      /127\.0\.0\.1:\d+/,
      `127.0.0.1:${port}`,
    ),
  );
  assertFailed(await runCli(["enable", image, "--kubeconfig", gone], { env }), {
    ...{ code: 3, message: /cannot be asked: .*ECONNREFUSED/ },
  });
  assertFailed(await runCli(["enable", ref("none", "1.0.0")], { env }), {
    code: 3,
    message: /has no manifest/,
  });
  assertFailed(await runCli(["enable", image, "-n", "no-such-namespace"], { env }), {
    code: 3,
    message: /not found/,
  });
  await kubernetes.kubectl(["-n", "remote", "create", "serviceaccount", "nobody"]);
  const nobody = await kubernetes.kubeconfigFor({ namespace: "remote", serviceAccount: "nobody" });
  for (const args of [["enable", image], ["disable", "plain"], ["status"]]) {
    const document = await runJson<ErrorDocument>([...args, "-n", "remote", "--kubeconfig", nobody], {
      env,
      code: 3,
    });
    assert.deepEqual(
      [document.error.code, /forbidden/.test(document.error.message)],
      ["CLUSTER_REFUSED", true],
    );
  }
});

test("fields of somebody else are not taken over unless asked", { skip }, async (t) => {
  await namespaceAndConfig(t, "gitops");
  const { env, ref, kubernetes } = scene;
  const [old, image] = [ref("plain", "0.9.0"), ref("plain", "1.0.0")];
  const manifest = {
    ...{
      apiVersion: "meshwasm.io/v1alpha1",
      kind: "FilterDeployment",
      metadata: { name: "plain", namespace: "gitops" },
    },
    spec: { filter: { image: old } },
  };
  await kubernetes.kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(manifest));
  const args = ["enable", image, "-n", "gitops"];
  assertFailed(await runCli(args, { env }), { code: 3, message: /conflict/i, hint: /--force-conflicts/ });
  assert.equal((await object("gitops", "plain")).spec.filter.image, old);
  const forced = await runCli([...args, "--force-conflicts"], { env });
  assert.equal(forced.code, 0, forced.all);
  assert.equal((await object("gitops", "plain")).spec.filter.image, image);
});

test("--wait ends with 1 while nothing is ready, and with 0 once it is", { skip }, async (t) => {
  await namespaceAndConfig(t, "waiting");
  const { env, ref, kubernetes } = scene;
  const args = ["enable", ref("plain", "1.0.0"), "-n", "waiting"];
  const late = await runCli([...args, "--wait", "1"], { env });
  assertFailed(late, {
    code: 1,
    message: /not ready after 1 s: the operator has not looked at it/,
    hint: /meshwasm status/,
  });
  const says = (status: string, reason: string, message = "") => {
    const condition = {
      ...{ type: "Ready", status, reason, message },
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    return kubernetes.api.patch(
      "/apis/meshwasm.io/v1alpha1/namespaces/waiting/filterdeployments/plain/status",
      { status: { observedGeneration: 1, conditions: [condition] } },
    );
  };
  // Waiting would not help.
  await says("False", "Superseded", "FilterPolicy off goes first");
  assertFailed(await runCli([...args, "--wait", "600"], { env }), {
    code: 1,
    message: /waiting\/plain is not ready: Superseded: FilterPolicy off goes first/,
  });
  await says("False", "NotLoaded", "web-1");
  const waiting = runCli([...args, "--wait", "60"], { env });
  await says("True", "Loaded");
  const done = await waiting;
  assert.equal(done.code, 0, done.all);
  assert.match(done.stdout, /and ready/);
});
