import type { KubeObject } from "../parts/kube-api.js";
import type { App } from "./echo.js";

/** A label on each played pod, by which its own Sidecar resource finds it. */
export const podLabel = "test.meshwasm.io/pod";

/** Where a pod's sidecar takes requests to the services of its namespace that have this port; on the pod's address. */
export const outboundPort = 15002;

/**
 * Istio's Sidecar resource for one pod. It gives the sidecar the listeners that redirected traffic would otherwise reach:
 * the app's ports on the pod's own address, and one for outbound HTTP.
 */
export function sidecarResource(pod: KubeObject, ip: string, app: App): KubeObject {
  const { name, namespace, uid } = pod.metadata;
  const ingress = (number: number, protocol: string) => ({
    port: { number, protocol, name: protocol.toLowerCase() },
    bind: ip,
    captureMode: "NONE",
    defaultEndpoint: `127.0.0.1:${number}`,
  });
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Sidecar",
    metadata: {
      name: `pod-${name}`,
      namespace,
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid }],
    },
    spec: {
      workloadSelector: { labels: { [podLabel]: uid } },
      ingress: [ingress(app.httpPort, "HTTP"), ingress(app.tcpPort, "TCP"), ingress(app.grpcPort, "GRPC")],
      egress: [
        {
          port: { number: outboundPort, protocol: "HTTP", name: "outbound" },
          ...{ bind: ip, captureMode: "NONE", hosts: ["./*"] },
        },
      ],
    },
  };
}
