import { MeshwasmError } from "../errors.js";
import { type KubeClient, type KubeObject, wellKnown } from "../kube/index.js";

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

/**
 * The texts of the pull secrets that a resource names, of its own namespace only.
 *
 * @throws MeshwasmError PullSecretInvalid, which names the secret and never what is in it
 */
export async function pullSecrets(
  client: Pick<KubeClient, "find">,
  namespace: string,
  names: readonly { name: string }[],
  signal: AbortSignal,
): Promise<string[]> {
  const texts: string[] = [];
  for (const { name } of names) {
    const secret = await client.find<Secret>(wellKnown.secrets, { namespace, name }, signal);
    const fail = (problem: string) =>
      new MeshwasmError("PullSecretInvalid", `the pull secret ${namespace}/${name} ${problem}`, {
        hint: "kubectl create secret docker-registry makes one",
      });
    if (!secret) throw fail("does not exist");
    const data = secret.data?.[".dockerconfigjson"];
    if (secret.type !== "kubernetes.io/dockerconfigjson" || !data) {
      throw fail("is not of type kubernetes.io/dockerconfigjson");
    }
    texts.push(Buffer.from(data, "base64").toString("utf8"));
  }
  return texts;
}
