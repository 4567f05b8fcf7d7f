import { generateKeyPairSync } from "node:crypto";
import type { KubeObject } from "../parts/kube-api.js";
import type { Mesh } from "./mesh.js";

/** Istio's own authentication and authorization for a namespace: a token is checked when there is one, and all may pass. */
export function istioSecurity(namespace: string): { path: string; object: KubeObject }[] {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" };
  const jwtRules = [{ issuer: "https://issuer.example.com", jwks: JSON.stringify({ keys: [key] }) }];
  const all = { RequestAuthentication: { jwtRules }, AuthorizationPolicy: { rules: [{}] } };
  return Object.entries(all).map(([kind, spec]) => {
    const plural = `${kind.toLowerCase()}s`.replace(/ys$/, "ies");
    return {
      path: `/apis/security.istio.io/v1/namespaces/${namespace}/${plural}`,
      object: { apiVersion: "security.istio.io/v1", kind, metadata: { name: "security" }, spec },
    };
  });
}

/** The names of the HTTP filters that requests to a pod's app pass, in their order. */
export async function inboundChain(mesh: Mesh, pod: KubeObject): Promise<string[]> {
  const dump = JSON.parse(await mesh.admin(pod, "/config_dump?resource=dynamic_listeners"));
  const found = (dump.configs as KubeObject[])
    .map(({ active_state }) => active_state?.listener)
    .find((listener) => {
      const address = listener?.address?.socket_address;
      return address?.port_value === mesh.app.httpPort && address.address === pod.status.podIP;
    });
  const manager = (found?.filter_chains ?? [])
    .flatMap(({ filters }: KubeObject) => filters)
    .find(({ typed_config }: KubeObject) => typed_config.http_filters);
  return (manager?.typed_config.http_filters ?? []).map(({ name }: KubeObject) => name);
}
