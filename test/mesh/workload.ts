import type { KubeObject } from "../parts/kube-api.js";
import type { Kubernetes } from "../parts/kubernetes.js";
import type { App } from "./echo.js";
import { until } from "./until.js";

/** What `deploy` makes. */
export interface WorkloadOptions {
  namespace: string;
  name: string;
  /** Of its pods, beside `app: <name>`. */
  labels?: Record<string, string>;
  /** Of its pods. */
  annotations?: Record<string, string>;
  /** 1 when absent. */
  replicas?: number;
  /** The node that its pods are for. Absent: any. */
  node?: string;
  /** Its own container keeps to the Pod Security level restricted. */
  restricted?: boolean;
  /** False: does not wait until all its pods are ready. */
  wait?: boolean;
}

/** A Deployment and a Service in front of the app. */
export interface Workload {
  namespace: string;
  name: string;
  /** Its pods that are not being deleted, the oldest first. */
  pods(): Promise<KubeObject[]>;
  /** Waits until its rollout is done and all its pods are ready; returns them. */
  ready(): Promise<KubeObject[]>;
}

/** Creates a workload. */
export async function deploy(kube: Kubernetes, app: App, options: WorkloadOptions): Promise<Workload> {
  const { namespace, name } = options;
  const workload = workloadOf(kube, namespace, name);
  await kube.api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(options, app));
  await kube.api.create(`/api/v1/namespaces/${namespace}/services`, service(name, app));
  if (options.wait !== false) await workload.ready();
  return workload;
}

function workloadOf(kube: Kubernetes, namespace: string, name: string): Workload {
  const pods = async () => {
    const selector = encodeURIComponent(`app=${name}`);
    const { items } = await kube.api.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
    const alive: KubeObject[] = items.filter(({ metadata }: KubeObject) => !metadata.deletionTimestamp);
    const age = ({ metadata }: KubeObject) => `${metadata.creationTimestamp} ${metadata.name}`;
    return alive.sort((a, b) => age(a).localeCompare(age(b)));
  };
  const ready = () =>
    until(`the pods of ${namespace}/${name} are ready`, async () => {
      const { metadata, spec, status } = await kube.api.get(
        `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
      );
      const done =
        status.observedGeneration === metadata.generation &&
        (status.updatedReplicas ?? 0) === spec.replicas &&
        (status.readyReplicas ?? 0) === spec.replicas;
      const all = await pods();
      return done && all.length === spec.replicas && all.every(isReady) && all;
    });
  return { namespace, name, pods, ready };
}

/** Whether a pod's condition Ready is true. */
export function isReady({ status }: KubeObject): boolean {
  return (status.conditions ?? []).some(
    ({ type, status }: KubeObject) => type === "Ready" && status === "True",
  );
}

function deployment(options: WorkloadOptions, app: App): KubeObject {
  const { name, labels, annotations, replicas = 1, node, restricted } = options;
  const ports = [app.httpPort, app.tcpPort, app.grpcPort].map((containerPort) => ({ containerPort }));
  return {
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      // A rollout under load leaves no moment without pods.
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { app: name, ...labels }, annotations: { ...annotations } },
        spec: {
          ...(node === undefined ? {} : { affinity: affinityTo(node) }),
          ...(restricted ? { securityContext: restrictedPod } : {}),
          containers: [
            {
              ...{ name: "app", image: "registry.example.com/echo:1", ports },
              ...(restricted ? { securityContext: restrictedContainer } : {}),
            },
          ],
        },
      },
    },
  };
}

const restrictedPod = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };
const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** As a DaemonSet means its pods for nodes. */
function affinityTo(node: string): KubeObject {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}

function service(name: string, app: App): KubeObject {
  const ports = [
    { name: "http", port: 80, targetPort: app.httpPort },
    { name: "tcp", port: 90, targetPort: app.tcpPort },
    { name: "grpc", port: 91, targetPort: app.grpcPort },
  ];
  return { metadata: { name }, spec: { selector: { app: name }, ports } };
}
