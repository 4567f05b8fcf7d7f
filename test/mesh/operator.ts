import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../parts/free-port.js";
import type { KubeObject } from "../parts/kube-api.js";
import { Part } from "../parts/part.js";
import { store } from "./hand-written.js";
import type { Mesh } from "./mesh.js";
import type { PlayedNode } from "./player.js";
import { until } from "./until.js";

/** The operator and the agents of a mesh, each a process with the ServiceAccount and the roles that are shipped. */
export interface RunningOperator {
  /** Kills the operator, or the agent of a node, as a crash would. */
  kill(node?: PlayedNode): Promise<void>;
  /** Starts it again. It may not lead yet when this returns. */
  start(node?: PlayedNode): Promise<void>;
  /** Starts whatever was killed and not started since, as a test does that fails halfway. */
  revive(): Promise<void>;
  /** Whether the operator leads. */
  leads(): Promise<boolean>;
  /** The operator's own metrics page. */
  metrics(): Promise<string>;
}

const namespace = "meshwasm-system";
/** Seconds; the most that the API server allows. */
const patience = 30;
const deploy = fileURLToPath(new URL("../../registry-operator/deploy", import.meta.url));
const program = fileURLToPath(new URL("./run-operator.ts", import.meta.url));

/** Installs what is shipped and starts the operator and an agent for each node, until the mesh stops. */
export async function startOperator(mesh: Mesh): Promise<RunningOperator> {
  const { kube } = mesh;
  const folder = await mkdtemp(join(mesh.folder, "operator-"));
  const [port = 0, metricsPort = 0, webhookPort = 0] = await freePorts(3);
  const daemonSet = await install(mesh, `https://127.0.0.1:${webhookPort}`);
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  const kubeconfig = await kube.kubeconfigFor({ namespace, serviceAccount: "meshwasm-operator" });
  const leads = async () => (await fetch(`${metricsUrl}/readyz`)).ok;
  const operator = await startProgram(
    "operator",
    [
      ...["operator", "--kubeconfig", kubeconfig, "--listen", `127.0.0.1:${port}`],
      ...["--metrics-listen", `127.0.0.1:${metricsPort}`, "--store-dir", join(folder, "store")],
      ...["--webhook-listen", `127.0.0.1:${webhookPort}`],
      ...["--plain-http-registries", mesh.registry.host, "--lease-seconds", "5"],
    ],
    join(mesh.folder, "operator.log"),
    leads,
  );
  const supervised = [supervise(operator)];
  const caFile = join(folder, "ca.crt");
  await writeFile(caFile, await authority(mesh));
  const agents = new Map<string, Part>();
  for (const node of mesh.nodes) {
    const pod = await agentPod(mesh, node, daemonSet);
    const own = { namespace, serviceAccount: "meshwasm-agent", pod };
    const tokenFile = join(folder, `${node.name}.token`);
    await writeFile(tokenFile, await kube.token({ ...own, audiences: ["meshwasm"] }));
    const storeDir = join(node.root, store);
    await mkdir(storeDir, { recursive: true });
    const agent = await startProgram(
      `agent of ${node.name}`,
      [
        ...["agent", "--node", node.name, "--operator-url", `https://127.0.0.1:${port}`],
        ...["--ca-file", caFile, "--token-file", tokenFile, "--store-dir", storeDir],
        ...["--kubeconfig", await kube.kubeconfigFor(own)],
      ],
      join(mesh.folder, `agent-${node.name}.log`),
      async () => Boolean(await kube.api.find(`/apis/meshwasm.io/v1alpha1/nodemodules/${node.name}`)),
    );
    agents.set(node.name, agent);
    supervised.push(supervise(agent));
  }
  mesh.onStop(() => Promise.all(supervised.map((each) => each.end())));
  const part = (node?: PlayedNode) => {
    const wanted = node ? agents.get(node.name) : operator;
    return supervised.find((each) => each.part === wanted) as Supervised;
  };
  return {
    kill: (node) => part(node).kill(),
    start: (node) => part(node).start(),
    revive: async () => {
      for (const each of supervised) if (!each.isWanted()) await each.start();
    },
    leads: () => leads().catch(() => false),
    metrics: async () => (await fetch(`${metricsUrl}/metrics`)).text(),
  };
}

/**
 * Applies the manifests as they are shipped, but for the two that run containers. No Service leads anywhere here, so the API
 * server is told the webhooks' address, and to wait longer for them on a machine that plays a whole mesh.
 *
 * @returns the DaemonSet of the agents
 */
async function install({ kube }: Mesh, webhookUrl: string): Promise<KubeObject> {
  const text = await kube.kubectl(["kustomize", deploy]);
  const json = await kube.kubectl(["create", "--dry-run=client", "-o", "json", "-f", "-"], text);
  const objects = json
    .split(/^(?=\{)/m)
    .filter((each) => each.trim() !== "")
    .flatMap((each) => {
      const object = JSON.parse(each);
      return object.kind === "List" ? object.items : [object];
    });
  for (const webhook of objects.flatMap(({ webhooks = [] }) => webhooks)) {
    const { service } = webhook.clientConfig;
    webhook.clientConfig = { url: webhookUrl + service.path };
    webhook.timeoutSeconds = patience;
  }
  const runs = ({ kind }: KubeObject) => kind === "Deployment" || kind === "DaemonSet";
  const list = { apiVersion: "v1", kind: "List", items: objects.filter((each) => !runs(each)) };
  await kube.kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(list));
  await kube.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"]);
  return objects.find(({ kind }) => kind === "DaemonSet");
}

/** A pod of the agent's on a node: its token says which node it is on. Nothing runs in it; the agent is our process. */
async function agentPod({ kube }: Mesh, node: PlayedNode, daemonSet: KubeObject): Promise<KubeObject> {
  const { metadata, spec } = daemonSet.spec.template;
  const name = `meshwasm-agent-${node.name}`;
  const pod = { metadata: { ...metadata, name }, spec: { ...spec, nodeName: node.name } };
  const created = await kube.api.create(`/api/v1/namespaces/${namespace}/pods`, pod);
  return { name, uid: created.metadata.uid };
}

/** What the DaemonSet mounts: the operator's authority, which it publishes when it starts for the first time. */
async function authority({ kube }: Mesh): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/meshwasm-ca`;
  return until(
    "the operator publishes its authority",
    async () => (await kube.api.find(path))?.data["ca.crt"],
  );
}

/** A program that is started again when it ends by itself, as its kubelet would: an operator ends that lost its lease. */
interface Supervised {
  part: Part;
  /** False: killed, and not started again. */
  isWanted(): boolean;
  kill(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

function supervise(part: Part): Supervised {
  let isWanted = true;
  let isStarting = false;
  const start = async () => {
    isWanted = true;
    isStarting = true;
    await part
      .restart(async () => true)
      .finally(() => {
        isStarting = false;
      });
  };
  const kill = async () => {
    isWanted = false;
    await part.stop("SIGKILL");
  };
  const timer = setInterval(() => {
    if (isWanted && !isStarting && !part.running) start().catch(() => {});
  }, 500);
  return {
    ...{ part, kill, start },
    isWanted: () => isWanted,
    end: async () => {
      clearInterval(timer);
      await kill();
    },
  };
}

function startProgram(
  name: string,
  args: string[],
  log: string,
  ready: () => Promise<boolean>,
): Promise<Part> {
  const node = ["--conditions=meshwasm:source", "--import", "tsx", program, ...args];
  return Part.start({ name, command: process.execPath, args: node, log }, ready);
}
