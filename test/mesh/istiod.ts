import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { istiodFolder } from "../../scripts/setup/istiod.mjs";
import { freePorts } from "../parts/free-port.js";
import type { KubeObject } from "../parts/kube-api.js";
import type { Kubernetes } from "../parts/kubernetes.js";
import { Part } from "../parts/part.js";

/** A running istiod. */
export interface Istiod {
  /** Plain gRPC on loopback, for sidecars. */
  grpcPort: number;
  /** Its debug pages and metrics: `http://127.0.0.1:PORT`. */
  debugUrl: string;
  metricsUrl: string;
  /** Ends it by force and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const rootNamespace = "istio-system";

/** What `PILOT_…` and the rest say to istiod; the port numbers come as flags. */
const environment = {
  POD_NAMESPACE: rootNamespace,
  POD_NAME: "istiod-1",
  REVISION: "default",
  CLUSTER_ID: "Kubernetes",
  // The sidecars are plain Envoys: they know no filter that only Istio's proxy has.
  PILOT_ENABLE_METADATA_EXCHANGE: "false",
  PILOT_ENABLE_ALPN_FILTER: "false",
  // Many pods that start at once would else keep it waiting for quiet for 10 s, longer than a pod takes to start.
  PILOT_DEBOUNCE_MAX: "1s",
  INJECTION_WEBHOOK_CONFIG_NAME: "istio-sidecar-injector",
  VALIDATION_WEBHOOK_CONFIG_NAME: "istio-validator-istio-system",
  ISTIOD_CUSTOM_HOST: "localhost,istiod.istio-system.svc",
};

/** Installs Istio's CRDs and webhooks in a cluster and starts istiod for it. */
export async function startIstiod(kube: Kubernetes, folder: string): Promise<Istiod> {
  const [grpc = 0, http = 0, https = 0, secureGrpc = 0, monitoring = 0] = await freePorts(5);
  await installIstio(kube, https);
  const at = (port: number) => `127.0.0.1:${port}`;
  const args = [
    ...["discovery", "--kubeconfig", kube.kubeconfig, "--domain", "cluster.local", "--ctrlz_port", "0"],
    ...[`--grpcAddr=${at(grpc)}`, `--httpAddr=${at(http)}`, `--httpsAddr=${at(https)}`],
    ...[`--secureGRPCAddr=${at(secureGrpc)}`, `--monitoringAddr=${at(monitoring)}`],
  ];
  const command = join(istiodFolder(), "pilot-discovery");
  const log = join(folder, "istiod.log");
  const ready = async () => (await fetch(`http://${at(http)}/ready`)).ok;
  const part = await Part.start({ name: "istiod", command, args, env: environment, log }, ready);
  await webhooksAreReady(kube);
  return {
    grpcPort: grpc,
    debugUrl: `http://${at(http)}`,
    metricsUrl: `http://${at(monitoring)}/metrics`,
    restart: async () => {
      await part.stop("SIGKILL");
      await part.restart(ready);
    },
    stop: () => part.stop("SIGKILL"),
  };
}

async function installIstio(kube: Kubernetes, httpsPort: number): Promise<void> {
  const { api } = kube;
  await kube.kubectl(["apply", "--server-side", "-f", join(istiodFolder(), "crds.yaml")]);
  await api.create("/api/v1/namespaces", { metadata: { name: rootNamespace } });
  await kube.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"]);
  const mesh = { enablePrometheusMerge: false, enableAutoMtls: false, rootNamespace };
  const meshConfig = { metadata: { name: "istio" }, data: { mesh: JSON.stringify(mesh) } };
  await api.create(`/api/v1/namespaces/${rootNamespace}/configmaps`, meshConfig);
  // No certificate agent runs beside these sidecars.
  await api.create(`/apis/security.istio.io/v1/namespaces/${rootNamespace}/peerauthentications`, {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "default" },
    spec: { mtls: { mode: "DISABLE" } },
  });
  await kube.kubectl(["create", "-f", join(istiodFolder(), "istiod-injector-configmap.yaml")]);
  for (const [manifest, path] of [
    ["mutatingwebhook", "/inject"],
    ["validatingwebhookconfiguration", "/validate"],
  ] as const) {
    const file = join(istiodFolder(), `${manifest}.yaml`);
    const text = await kube.kubectl(["create", "--dry-run=client", "-o", "json", "-f", file]);
    const configuration = JSON.parse(text);
    for (const webhook of configuration.webhooks) {
      webhook.clientConfig = { url: `https://localhost:${httpsPort}${path}` };
      // As the default revision's validator: it sees all objects.
      if (path === "/validate") delete webhook.objectSelector;
    }
    await kube.kubectl(["create", "-f", "-"], JSON.stringify(configuration));
  }
}

/** istiod writes its certificate authority into the webhooks. Until then a pod could not be made. */
async function webhooksAreReady(kube: Kubernetes): Promise<void> {
  const registrations = "/apis/admissionregistration.k8s.io/v1";
  const webhooks = [
    "mutatingwebhookconfigurations/istio-sidecar-injector",
    "validatingwebhookconfigurations/istio-validator-istio-system",
  ];
  for (const each of webhooks) {
    for (let tried = 0; ; tried++) {
      const configuration = await kube.api.get(`${registrations}/${each}`);
      if (configuration.webhooks.every(({ clientConfig }: KubeObject) => clientConfig.caBundle)) break;
      if (tried > 300) throw new Error(`istiod has not written its authority into ${each}`);
      await sleep(100);
    }
  }
}
