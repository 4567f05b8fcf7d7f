import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../parts/free-port.js";
import type { KubeObject } from "../parts/kube-api.js";
import { startAgent } from "./agents.js";
import { bundledOperator } from "./bundled-operator.js";
import type { Mesh } from "./mesh.js";
import type { PlayedNode } from "./player.js";
import { type Supervised, startSupervised } from "./supervised.js";
import { until } from "./until.js";

/** One of the programs: an operator by its name, or the agent of a node. */
export type Which = string | PlayedNode;

/** The operator and the agents of a mesh, each a process with the ServiceAccount and the roles that are shipped. */
export interface RunningOperator {
  /** Kills the first operator, another one by its name, or the agent of a node, as a crash would. */
  kill(which?: Which): Promise<void>;
  /** Starts it again. It may not lead yet when this returns. */
  start(which?: Which): Promise<void>;
  /** Starts whatever was killed and not started since, as a test does that fails halfway. */
  revive(): Promise<void>;
  /** What the DaemonSet does for a node that came later. */
  addAgent(node: PlayedNode): Promise<void>;
  /** Starts another operator, which waits for the lease. Where it leads it is found where the first one was. @returns its name */
  addReplica(): Promise<string>;
  /** Whether an operator leads. */
  leads(): Promise<boolean>;
  /** The first operator's metrics page. */
  metrics(): Promise<string>;
}

const namespace = "meshwasm-system";
/** Seconds; the most that the API server allows. */
const patience = 30;
const deploy = fileURLToPath(new URL("../../registry-operator/deploy", import.meta.url));

/** How the operator of a mesh is started. */
export interface OperatorSetup {
  /** Arguments beside those that tell it where things are. */
  args?: readonly string[];
  /** What is added to the environment of a program: of `operator`, or of a node's agent by the node's name. */
  env?: (program: string) => Record<string, string>;
}

/** Installs what is shipped and starts the operator and an agent for each node, until the mesh stops. */
export async function startOperator(
  mesh: Mesh,
  { args = [], env }: OperatorSetup = {},
): Promise<RunningOperator> {
  const { kube } = mesh;
  const folder = await mkdtemp(join(mesh.folder, "operator-"));
  const [port = 0, webhookPort = 0] = await freePorts(2);
  const program = await bundledOperator(folder);
  const daemonSet = await install(mesh, `https://127.0.0.1:${webhookPort}`);
  const kubeconfig = await kube.kubeconfigFor({ namespace, serviceAccount: "meshwasm-operator" });
  const everything: Supervised[] = [];
  mesh.onStop(() => Promise.all(everything.map((each) => each.end())));
  const replica = async (name: string, isReady: (metricsUrl: string) => Promise<boolean>) => {
    const [metricsPort = 0] = await freePorts(1);
    const metricsUrl = `http://127.0.0.1:${metricsPort}`;
    const own = [
      ...["operator", "--kubeconfig", kubeconfig, "--listen", `127.0.0.1:${port}`],
      ...["--metrics-listen", `127.0.0.1:${metricsPort}`, "--store-dir", join(folder, name)],
      ...["--webhook-listen", `127.0.0.1:${webhookPort}`],
      ...["--plain-http-registries", mesh.registry.host, "--lease-seconds", "5", ...args],
    ];
    const options = { name, program, args: own, env: env?.(name), log: join(mesh.folder, `${name}.log`) };
    const running = await startSupervised(options, () => isReady(metricsUrl));
    everything.push(running);
    return { ...running, metricsUrl };
  };
  const operators = new Map([["operator", await replica("operator", leads)]]);
  const caFile = join(folder, "ca.crt");
  await writeFile(caFile, await authority(mesh));
  const around = {
    mesh,
    program,
    namespace,
    daemonSet,
    operatorUrl: `https://127.0.0.1:${port}`,
    caFile,
    folder,
  };
  const agents = new Map<string, Supervised>();
  const addAgent = async (node: PlayedNode) => {
    const agent = await startAgent(around, node, env?.(node.name));
    agents.set(node.name, agent);
    everything.push(agent);
  };
  for (const node of mesh.nodes) await addAgent(node);
  const part = (which: Which = "operator") =>
    (typeof which === "string" ? operators.get(which) : agents.get(which.name)) as Supervised;
  return {
    addAgent,
    addReplica: async () => {
      // It answers with 503 as long as another one leads.
      const name = `operator-${operators.size + 1}`;
      const answers = async (url: string) => (await fetch(`${url}/readyz`)).status > 0;
      operators.set(name, await replica(name, answers));
      return name;
    },
    kill: (which) => part(which).kill(),
    start: (which) => part(which).start(),
    revive: async () => {
      for (const each of everything) if (!each.isWanted()) await each.start();
    },
    leads: async () => {
      const answers = [...operators.values()].map(({ metricsUrl }) => leads(metricsUrl).catch(() => false));
      return (await Promise.all(answers)).includes(true);
    },
    metrics: async () => (await fetch(`${operators.get("operator")?.metricsUrl}/metrics`)).text(),
  };
}

async function leads(metricsUrl: string): Promise<boolean> {
  return (await fetch(`${metricsUrl}/readyz`)).ok;
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

/** What the DaemonSet mounts: the operator's authority, which it publishes when it starts for the first time. */
async function authority({ kube }: Mesh): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/meshwasm-ca`;
  return until(
    "the operator publishes its authority",
    async () => (await kube.api.find(path))?.data["ca.crt"],
  );
}
