import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findKubectl } from "../../scripts/setup/kubectl.mjs";
import type { KubeApi } from "./kube-api.js";

/** Whose token, and for whom it is good. */
export interface TokenRequest {
  namespace: string;
  serviceAccount: string;
  /** Empty or absent: the API server itself. */
  audiences?: string[];
  /** A pod of that account, to which the token is bound: then it also says the pod's node. */
  pod?: { name: string; uid: string };
}

/** Writes the API server's key for ServiceAccount tokens and the administrator's token; returns the latter. */
export async function writeKeys(folder: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await writeFile(join(folder, "service-account.key"), privateKey, { mode: 0o600 });
  const token = randomBytes(24).toString("hex");
  await writeFile(join(folder, "tokens.csv"), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}

/** Writes a kubeconfig with one token; returns its path. JSON is YAML too. */
export async function writeKubeconfig(
  folder: string,
  name: string,
  { url, ca, token }: { url: string; ca: string; token: string },
): Promise<string> {
  const authority = Buffer.from(ca).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: name } }],
    "current-context": "test",
  };
  const path = join(folder, `${name}.kubeconfig`);
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}

/** Asks the API server for a ServiceAccount's token, good for an hour. */
export async function requestToken(api: KubeApi, request: TokenRequest): Promise<string> {
  const { namespace, serviceAccount, audiences = [], pod } = request;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const bound = pod ? { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...pod } } : {};
  const body = { spec: { audiences, expirationSeconds: 3600, ...bound } };
  return (await api.create(path, body)).status.token;
}

/** Runs kubectl; its standard output. An error says what it wrote. */
export async function runKubectl(kubeconfig: string, args: readonly string[], input = ""): Promise<string> {
  const kubectl = await findKubectl();
  if (!kubectl) throw new Error("no kubectl: npm run setup -- --mesh");
  return new Promise((resolve, reject) => {
    const limits = { timeout: 60_000, maxBuffer: 64 << 20 };
    const all = ["--kubeconfig", kubeconfig, ...args];
    const child = execFile(kubectl, all, limits, (error, stdout, stderr) => {
      if (error) reject(new Error(`kubectl ${args.join(" ")}: ${stderr || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
