import type { KubeObject } from "../parts/kube-api.js";
import type { Mesh } from "./mesh.js";
import { until } from "./until.js";
import { isReady } from "./workload.js";

const name = "gateway";
const labels = { app: name };
const port = 8080;
const host = "app.example.com";

/** The pods of a gateway, before injection. */
export const gatewayTemplate = {
  metadata: {
    labels: { ...labels, "sidecar.istio.io/inject": "true" },
    annotations: { "inject.istio.io/templates": "gateway" },
  },
  spec: { containers: [{ name: "istio-proxy", image: "auto" }] },
};

/** A gateway as Istio's chart installs it: a Deployment whose one container the injection fills in. It leads to the app. */
export class Gateway {
  /** For a FilterDeployment. */
  readonly selector = { matchLabels: labels };

  private constructor(
    private readonly mesh: Mesh,
    private readonly namespace: string,
  ) {}

  /** Makes it in a namespace, with one pod, and waits until that is ready. It listens to nothing yet. */
  static async make(mesh: Mesh, namespace: string): Promise<Gateway> {
    const gateway = new Gateway(mesh, namespace);
    await mesh.kube.api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment());
    await until(`${namespace}/${name} is ready`, async () => (await gateway.pods()).length === 1);
    return gateway;
  }

  /** Its pods that are ready and not being deleted. */
  async pods(): Promise<KubeObject[]> {
    const path = `/api/v1/namespaces/${this.namespace}/pods?labelSelector=app%3D${name}`;
    const items: KubeObject[] = (await this.mesh.kube.api.get(path)).items;
    return items.filter((pod) => !pod.metadata.deletionTimestamp && isReady(pod));
  }

  /** Has a pod listen on its own address, which pods share a machine with, and lead everything to the app. */
  async listen({ status }: KubeObject): Promise<void> {
    const { app, kube } = this.mesh;
    const backend = { number: app.httpPort, name: "http", protocol: "HTTP" };
    const server = {
      port: { number: port, name: "http", protocol: "HTTP" },
      bind: status.podIP,
      hosts: ["*"],
    };
    const route = { destination: { host, port: { number: app.httpPort } } };
    for (const [kind, plural, spec] of [
      [
        "ServiceEntry",
        "serviceentries",
        { hosts: [host], ports: [backend], resolution: "STATIC", endpoints: [{ address: "127.0.0.1" }] },
      ],
      ["Gateway", "gateways", { selector: labels, servers: [server] }],
      ["VirtualService", "virtualservices", { hosts: ["*"], gateways: [name], http: [{ route: [route] }] }],
    ] as const) {
      const object = { apiVersion: "networking.istio.io/v1", kind, metadata: { name }, spec };
      const path = `/apis/networking.istio.io/v1/namespaces/${this.namespace}/${plural}`;
      await kube.api.apply(`${path}/${name}`, object);
    }
    await until("the gateway serves", async () => (await this.ask({ status })).status === 200);
  }

  /** One request through it, and what the filter of the tests says in its answer. */
  async ask({ status }: KubeObject): Promise<{ status: number; greeting: string | null }> {
    const response = await fetch(`http://${status.podIP}:${port}/`, { headers: { connection: "close" } });
    await response.text();
    return { status: response.status, greeting: response.headers.get("x-hello") };
  }
}

function deployment(): KubeObject {
  return {
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: gatewayTemplate },
  };
}
