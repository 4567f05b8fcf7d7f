import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  advanceAuthority,
  bundleOf,
  createServerCertificate,
} from "../../registry-operator/src/certificates/index.js";
import type { Cluster } from "../operator/cluster.js";

/** A mutating webhook that the API server asks after all that come before `zz` by name. */
export interface LateInjector {
  /** How often it was asked. */
  asked: number;
  close(): Promise<void>;
}

/**
 * Starts a webhook that adds a container to pods with annotations and the label `test.meshwasm.io/late`, as an injection does
 * whose configuration comes late.
 */
export async function startLateInjector({ kube }: Cluster, container: object): Promise<LateInjector> {
  const state = advanceAuthority(undefined, new Date());
  const injector = { asked: 0 };
  const server = createServer(createServerCertificate(state, ["127.0.0.1"]), async (request, response) => {
    const { uid } = JSON.parse(await text(request)).request;
    injector.asked++;
    const operations = [
      { op: "add", path: "/spec/containers/-", value: container },
      { op: "add", path: "/metadata/annotations/sidecar.istio.io~1status", value: "{}" },
    ];
    const patch = Buffer.from(JSON.stringify(operations)).toString("base64");
    const answer = { uid, allowed: true, patchType: "JSONPatch", patch };
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer };
    response.setHeader("content-type", "application/json").end(JSON.stringify(review));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configurations = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  await kube.api.create(configurations, {
    metadata: { name: "zz-late-injector" },
    webhooks: [
      {
        name: "late.test.meshwasm.io",
        clientConfig: { url, caBundle: Buffer.from(bundleOf(state)).toString("base64") },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        objectSelector: { matchLabels: { "test.meshwasm.io/late": "true" } },
        ...{ failurePolicy: "Fail", sideEffects: "None", admissionReviewVersions: ["v1"] },
      },
    ],
  });
  return {
    get asked() {
      return injector.asked;
    },
    close: async () => {
      await kube.api.delete(`${configurations}/zz-late-injector`);
      server.close();
      server.closeAllConnections();
    },
  };
}
