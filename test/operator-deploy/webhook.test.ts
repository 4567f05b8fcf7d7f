import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Registry, startRegistry } from "@meshwasm/oras/registry";
import { filterModule, pushFilter } from "../../registry-operator/src/modules/testing/filters.js";
import { until } from "../mesh/until.js";
import { type Cluster, requireCluster, startCluster } from "../operator/cluster.js";
import { root } from "../rules/workspaces.js";
import { type InProcessOperator, runOperator, stopAll } from "./run-operator.js";

const skip = await requireCluster();
const namespace = "meshwasm-system";
const configuration = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/meshwasm";
const filters = "/apis/meshwasm.io/v1alpha1/namespaces/shop/filterdeployments";
const policies = "/apis/meshwasm.io/v1alpha1/filterpolicies";
let cluster: Cluster;
let registry: Registry;
let folder: string;
let operator: InProcessOperator;
let isSlow = false;

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "meshwasm-webhook-"));
  cluster = await startCluster();
  registry = await startRegistry({ faults: () => (isSlow ? { type: "delay", ms: 60_000 } : undefined) });
  await cluster.kube.kubectl(["apply", "--server-side", "-k", join(root, "registry-operator", "deploy")]);
  await cluster.kube.kubectl(["create", "namespace", "shop"]);
  operator = await runOperator(cluster, folder);
});

after(() => stopAll({ operator, registry, cluster, folder }));

test("the operator writes its authority into the configuration, and nothing else", { skip }, async () => {
  const { api } = cluster.kube;
  const hasAuthority = async () => Boolean((await api.get(configuration)).webhooks[0].clientConfig.caBundle);
  await until("the authority is there", hasAuthority);
  // Applying what is shipped again, as an upgrade does, takes nothing away.
  const file = join(root, "registry-operator", "deploy", "webhook.yaml");
  await cluster.kube.kubectl(["apply", "--server-side", "-f", file]);
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/meshwasm-ca`);
  const [webhook, ...more] = (await api.get(configuration)).webhooks;
  assert.deepEqual(more, []);
  assert.equal(Buffer.from(webhook.clientConfig.caBundle, "base64").toString(), data["ca.crt"]);
  assert.deepEqual([webhook.failurePolicy, webhook.timeoutSeconds], ["Ignore", 5]);
  const { service } = webhook.clientConfig;
  assert.deepEqual(service, { namespace, name: "meshwasm-operator", path: "/validate", port: 443 });
  await lookAt(operator.webhook);
});

test("what is wrong is said by the API server when it is written", { skip }, async () => {
  const image = `${registry.host}/filters/limit:1.0.0`;
  const schema = { type: "object", properties: { rps: { type: "integer" } }, additionalProperties: false };
  const files = {
    "filter.yaml": "name: limit\nversion: 1.0.0\nkind: http\nrootId: limit\n",
    "config.schema.json": JSON.stringify(schema),
  };
  await pushFilter(image, filterModule(), { files });
  await cluster.kube.api.create(filters, deployment("first", { image, config: { rps: 1 } }));
  await until("it is resolved", async () => {
    const { status } = await cluster.kube.api.get(`${filters}/first`);
    return status?.resolved?.image === image;
  });
  await assert.rejects(apply(deployment("second", { image, config: { rps: "ten" } })), (error: Error) => {
    assert.match(error.message, /admission webhook "validate.meshwasm.io" denied the request/);
    assert.match(error.message, /ConfigInvalid: spec.filter.config: rps must be integer/);
    return true;
  });
  await assert.rejects(apply(deployment("second", { image, config: { rps: 2 } }), "--warnings-as-errors"), {
    message: /shop\/first has the root id 'limit' too; where both select a pod, shop\/first goes first/,
  });
  const staged = deployment("staged", { image, rootId: "another", config: { rps: 2 } });
  const rollout = { steps: [{ workloads: ["Deployment/canary"] }] };
  await assert.rejects(apply({ ...staged, spec: { ...staged.spec, rollout } }, "--warnings-as-errors"), {
    message: /steps\[0\]\.workloads: Deployment\/canary: there is no Deployment 'canary' in namespace shop/,
  });
  await assert.rejects(apply(deployment("bad", { image: `${registry.host}/Filters/limit:1.0.0` })), /image/i);

  await cluster.kube.api.create(policies, {
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterPolicy", metadata: { name: "ours" } },
    spec: { namespaces: ["shop"], allowedRegistries: ["registry.example.com"] },
  });
  await until("the policy is known to the webhook", async () => {
    const tried = await apply(deployment("third", { image }), "--dry-run=server").catch(String);
    return tried.includes("RegistryNotAllowed");
  });
  // What was there before can still be paused, labelled and deleted.
  await cluster.kube.api.patch(`${filters}/first`, {
    spec: { paused: true },
    metadata: { labels: { a: "b" } },
  });
  await cluster.kube.api.delete(`${filters}/first`);
  await cluster.kube.api.delete(`${policies}/ours`);
  const pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
  const policy = { metadata: { name: "p" }, spec: { signing: { publicKeys: [pem] } } };
  await assert.rejects(
    cluster.kube.api.create(policies, {
      apiVersion: "meshwasm.io/v1alpha1",
      kind: "FilterPolicy",
      ...policy,
    }),
    /PolicyInvalid/,
  );
});

test("a registry that never answers holds up no write", { skip }, async (t) => {
  isSlow = true;
  t.after(() => {
    isSlow = false;
  });
  const before = registry.requests.length;
  const image = `${registry.host}/filters/unknown:1.0.0`;
  const answer = await apply(deployment("dry", { image, config: { rps: "ten" } }), "--dry-run=server");
  assert.match(answer, /dry/);
  assert.equal(registry.requests.length, before, "the registry was asked");
});

test("whoever else asks gets a short answer, and the webhook goes on", { skip }, async () => {
  const { data } = await cluster.kube.api.get(`/api/v1/namespaces/${namespace}/configmaps/meshwasm-ca`);
  const ask = (body: string, path = "/validate", method = "POST") =>
    new Promise<number>((resolve, reject) => {
      const url = new URL(path, operator.webhook);
      const options = { method, ca: data["ca.crt"], agent: false, headers: { connection: "close" } };
      request(url, options, (response) => resolve(response.resume().statusCode ?? 0))
        .on("error", reject)
        .end(body);
    });
  const object = { metadata: {}, spec: {} };
  const review = (more: object) =>
    JSON.stringify({ request: { uid: "u", kind: { kind: "Pod" }, object, ...more } });
  const cases: [status: number, body: string, path?: string, method?: string][] = [
    [400, ""],
    [400, "{"],
    [400, "[]"],
    [400, JSON.stringify({ request: { uid: 1 } })],
    [400, "[".repeat(100_000)],
    [400, JSON.stringify({ request: { uid: "u", more: "x".repeat(5 << 20) } })],
    [404, review({}), "/"],
    [404, "", "/validate", "GET"],
    [404, review({}), "/mutate-pods/"],
    [400, "{", "/mutate-pods"],
    [200, review({}), "/mutate-pods"],
    // Neither has a proxy, nor is its namespace known.
    [200, review({ namespace: "nowhere", object: { metadata: {}, spec: {} } }), "/mutate-pods"],
    [200, review({})],
    // A FilterDeployment that no API server would have let through.
    [500, review({ kind: { kind: "FilterDeployment" } })],
  ];
  for (const [status, ...asked] of cases) {
    assert.equal(await ask(...asked), status, asked.join(" ").slice(0, 200));
  }
  const before = request(new URL(operator.webhook), { ca: data["ca.crt"], maxVersion: "TLSv1.2" });
  await assert.rejects(
    new Promise((resolve, reject) => before.on("error", reject).on("response", resolve).end()),
  );
});

test("without the operator every write goes through, and the next one takes its place", {
  skip,
}, async () => {
  await operator.stop();
  await apply(
    deployment("meanwhile", { image: "registry.example.com/x@sha256:12" }),
    "--dry-run=server",
  ).catch((error: Error) => assert.doesNotMatch(error.message, /webhook/));
  await apply(deployment("meanwhile", { image: "registry.example.com/filters/x:1" }));
  operator = await runOperator(cluster, folder);
  await lookAt(operator.webhook);
});

function deployment(name: string, filter: object) {
  return {
    ...{ apiVersion: "meshwasm.io/v1alpha1", kind: "FilterDeployment" },
    ...{ metadata: { namespace: "shop", name }, spec: { filter } },
  };
}

function apply(object: object, ...flags: string[]): Promise<string> {
  return cluster.kube.kubectl(["create", ...flags, "-f", "-"], JSON.stringify(object));
}

/** No Service leads anywhere here: the API server is told the address. All else stays as it is shipped. */
async function lookAt(url: string): Promise<void> {
  const { api } = cluster.kube;
  const found = await api.get(configuration);
  const webhooks = found.webhooks.map(
    ({ clientConfig, ...webhook }: { clientConfig: { caBundle?: string } }) => ({
      ...webhook,
      clientConfig: { caBundle: clientConfig.caBundle, url: `${url}/validate` },
    }),
  );
  await api.patch(configuration, { webhooks });
  const wrong = { metadata: { name: "p" }, spec: { signing: { publicKeys: [noKey] } } };
  const policy = { apiVersion: "meshwasm.io/v1alpha1", kind: "FilterPolicy", ...wrong };
  await until("the API server asks the webhook", () =>
    api.create(`${policies}?dryRun=All`, policy).then(
      () => false,
      (error: Error) => /PolicyInvalid/.test(error.message),
    ),
  );
}

const noKey = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
