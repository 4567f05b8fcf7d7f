import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeObject } from "../parts/kube-api.js";
import { store } from "./hand-written.js";
import type { Mesh } from "./mesh.js";
import type { PlayedNode } from "./player.js";
import { type Supervised, startSupervised } from "./supervised.js";

/** What an agent needs beside its node. */
export interface AgentSurroundings {
  mesh: Mesh;
  /** See `bundledOperator`. */
  program: string;
  /** The operator's own namespace. */
  namespace: string;
  /** As it is shipped. */
  daemonSet: KubeObject;
  /** Where the operator serves agents. */
  operatorUrl: string;
  /** PEM file of the operator's authority. */
  caFile: string;
  /** Where tokens are kept. */
  folder: string;
}

/**
 * Starts the agent of a node as the DaemonSet would: with the token of a pod on that node, and the node's own folder as
 * its store.
 *
 * @param env added to the process's environment
 */
export async function startAgent(
  around: AgentSurroundings,
  node: PlayedNode,
  env: Record<string, string> = {},
): Promise<Supervised> {
  const { mesh, program, namespace, operatorUrl, caFile, folder } = around;
  const { kube } = mesh;
  const own = { namespace, serviceAccount: "meshwasm-agent", pod: await agentPod(around, node) };
  const tokenFile = join(folder, `${node.name}.token`);
  await writeFile(tokenFile, await kube.token({ ...own, audiences: ["meshwasm"] }));
  const storeDir = join(node.root, store);
  await mkdir(storeDir, { recursive: true });
  const args = [
    ...["agent", "--node", node.name, "--operator-url", operatorUrl, "--ca-file", caFile],
    ...["--token-file", tokenFile, "--store-dir", storeDir],
    ...["--kubeconfig", await kube.kubeconfigFor(own)],
  ];
  const log = join(mesh.folder, `agent-${node.name}.log`);
  const path = `/apis/meshwasm.io/v1alpha1/nodemodules/${node.name}`;
  return startSupervised({ name: `agent of ${node.name}`, program, args, env, log }, async () =>
    Boolean(await kube.api.find(path)),
  );
}

/** A pod of the agent's on a node: its token says which node it is on. Nothing runs in it; the agent is our process. */
async function agentPod(
  { mesh, namespace, daemonSet }: AgentSurroundings,
  node: PlayedNode,
): Promise<KubeObject> {
  const { metadata, spec } = daemonSet.spec.template;
  const name = `meshwasm-agent-${node.name}`;
  const pod = { metadata: { ...metadata, name }, spec: { ...spec, nodeName: node.name } };
  const created = await mesh.kube.api.create(`/api/v1/namespaces/${namespace}/pods`, pod);
  return { name, uid: created.metadata.uid };
}
