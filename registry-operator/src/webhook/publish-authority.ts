import { isKubeError, type KubeClient, type KubeObject, type Resource } from "../kube/index.js";

const registrations = { group: "admissionregistration.k8s.io", version: "v1", namespaced: false } as const;

/** What tells the API server to ask the webhook: deploy/webhook.yaml and deploy/pod-webhook.yaml. */
export const webhookConfigurations = {
  validating: {
    ...registrations,
    plural: "validatingwebhookconfigurations",
    kind: "ValidatingWebhookConfiguration",
  },
  mutating: {
    ...registrations,
    plural: "mutatingwebhookconfigurations",
    kind: "MutatingWebhookConfiguration",
  },
} as const satisfies Record<string, Resource>;

/** The name of both. */
export const webhookConfigurationName = "meshwasm";

interface WebhookConfiguration extends KubeObject {
  webhooks?: { name: string; clientConfig?: { caBundle?: string } }[];
}

/**
 * Tells the API server whose certificates the webhook has, and touches nothing else of its configuration. The role asks for
 * `get` and `patch` of these two objects.
 *
 * @param resource which of the two
 * @param bundle PEM
 * @returns false: there is no such configuration, so the API server asks nobody
 * @throws KubeError, MeshwasmError KubeUnreachable
 */
export async function publishAuthority(
  client: KubeClient,
  resource: Resource,
  bundle: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await publish(client, resource, Buffer.from(bundle).toString("base64"), signal);
    } catch (error) {
      if (!isKubeError(error, 409) || attempt === 5) throw error;
    }
  }
}

async function publish(
  client: KubeClient,
  resource: Resource,
  caBundle: string,
  signal: AbortSignal,
): Promise<boolean> {
  const name = webhookConfigurationName;
  const found = await client.find<WebhookConfiguration>(resource, { name }, signal);
  if (!found) return false;
  const webhooks = found.webhooks ?? [];
  if (webhooks.every(({ clientConfig }) => clientConfig?.caBundle === caBundle)) return true;
  // A version that has passed is refused, so that nothing that was taken away meanwhile comes back in half.
  const { resourceVersion } = found.metadata;
  const known: WebhookConfiguration = {
    metadata: { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    webhooks: webhooks.map((each) => ({ name: each.name, clientConfig: { caBundle } })),
  };
  await client.apply(resource, known, { signal });
  return true;
}
