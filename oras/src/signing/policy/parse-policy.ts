import { MeshwasmError } from "../../errors.js";
import { loadPublicKey } from "../public-key.js";
import type { Identity, Signer } from "../signer.js";
import { loadTrustRoot, type TrustRoot, type TrustThresholds } from "../trust-root.js";
import { patternProblem } from "./image-pattern.js";
import type { PolicyRule, SignaturePolicy } from "./policy.js";
import { type Fields, fieldsOf, PolicyFault } from "./policy-fields.js";

/** How {@link parsePolicy} reads what a policy names. */
export interface ParsePolicyOptions {
  /** Reads a `keyFile` or `trustRoot`. Absent: a policy that names files is refused. */
  readFile?: ((path: string) => Promise<Uint8Array>) | undefined;
}

/**
 * Checks a policy that was read from YAML or JSON, see `policySchema`, and loads its keys and trust root.
 * @throws MeshwasmError POLICY_INVALID; its `details.path` leads to the place, as a list of keys.
 */
export async function parsePolicy(
  value: unknown,
  options: ParsePolicyOptions = {},
): Promise<SignaturePolicy> {
  try {
    const fields = fieldsOf(value, [], ["unmatched", "trustRoot", "thresholds", "rules"]);
    const { unmatched = "reject" } = fields.values;
    if (unmatched !== "reject" && unmatched !== "accept") {
      throw new PolicyFault(["unmatched"], "must be reject or accept");
    }
    const rules: PolicyRule[] = [];
    for (const [index, rule] of fields.list("rules", 1000).entries()) {
      rules.push(await parseRule(rule, index, options));
    }
    const trustRoot = await parseTrustRoot(fields, options);
    const needsRoot = rules.findIndex(({ signers }) => signers.some((signer) => "identity" in signer));
    if (needsRoot >= 0 && !trustRoot) {
      throw new PolicyFault(["rules", `${needsRoot}`], "names an identity, but there is no trustRoot");
    }
    return { unmatched, rules, ...(trustRoot ? { trustRoot } : {}) };
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const { path, message, cause } = error;
    throw new MeshwasmError("POLICY_INVALID", `${path.join(".") || "the policy"} ${message}`, {
      details: { path },
      cause,
    });
  }
}

async function parseRule(value: unknown, index: number, options: ParsePolicyOptions): Promise<PolicyRule> {
  const path = ["rules", `${index}`];
  const fields = fieldsOf(value, path, ["name", "images", "predicateType", "threshold", "signers"]);
  const images = fields.list("images", 100).map((pattern, at) => {
    const problem = typeof pattern === "string" ? patternProblem(pattern) : "must be a text";
    if (problem) throw new PolicyFault([...path, "images", `${at}`], problem);
    return String(pattern);
  });
  const signers: Signer[] = [];
  for (const [at, signer] of fields.list("signers", 100).entries()) {
    signers.push(await parseSigner(signer, [...path, "signers", `${at}`], options));
  }
  const threshold = fields.count("threshold", 1) ?? 1;
  const keys = new Set(signers.map((signer) => ("key" in signer ? signer.key.id : signer)));
  // A pattern may stand for many people.
  if (signers.every((signer) => "key" in signer) && threshold > keys.size) {
    throw new PolicyFault([...path, "threshold"], `asks for ${threshold} of ${keys.size} different keys`);
  }
  const predicateType = fields.text("predicateType");
  return {
    name: fields.text("name") ?? `rule ${index + 1}`,
    images,
    threshold,
    signers,
    ...(predicateType === undefined ? {} : { predicateType }),
  };
}

async function parseSigner(value: unknown, path: string[], options: ParsePolicyOptions): Promise<Signer> {
  const names = ["key", "keyFile", "issuer", "issuerPattern", "subject", "subjectPattern"];
  const fields = fieldsOf(value, path, names);
  const [key, keyFile] = [fields.text("key"), fields.text("keyFile")];
  const isIdentity = ["issuer", "issuerPattern", "subject", "subjectPattern"].some(
    (name) => fields.values[name] !== undefined,
  );
  if ([key !== undefined, keyFile !== undefined, isIdentity].filter(Boolean).length !== 1) {
    throw new PolicyFault(path, "must be one of: key, keyFile, issuer with subject");
  }
  if (isIdentity) return { identity: parseIdentity(fields, path) };
  const bytes = keyFile === undefined ? undefined : await read(keyFile, [...path, "keyFile"], options);
  try {
    const what = keyFile === undefined ? "the key" : `the key ${keyFile}`;
    return { key: loadPublicKey(key ?? Buffer.from(bytes ?? []).toString(), what) };
  } catch (cause) {
    const at = keyFile === undefined ? "key" : "keyFile";
    throw new PolicyFault([...path, at], `is no key: ${(cause as Error).message}`, { cause });
  }
}

function parseIdentity(fields: Fields, path: string[]): Identity {
  const half = (name: "issuer" | "subject"): string | RegExp => {
    const [exact, pattern] = [fields.text(name), fields.text(`${name}Pattern`)];
    if ((exact === undefined) === (pattern === undefined)) {
      throw new PolicyFault(path, `needs one of ${name} and ${name}Pattern`);
    }
    if (pattern === undefined) return exact ?? "";
    try {
      return new RegExp(pattern, "u");
    } catch (cause) {
      throw new PolicyFault([...path, `${name}Pattern`], "is no regular expression", { cause });
    }
  };
  return { issuer: half("issuer"), subject: half("subject") };
}

async function parseTrustRoot(fields: Fields, options: ParsePolicyOptions): Promise<TrustRoot | undefined> {
  const { trustRoot, thresholds } = fields.values;
  const limits: TrustThresholds = {};
  if (thresholds !== undefined) {
    const counts = fieldsOf(
      thresholds,
      ["thresholds"],
      ["transparencyLogs", "certificateLogs", "timestamps"],
    );
    limits.transparencyLogs = counts.count("transparencyLogs", 0);
    limits.certificateLogs = counts.count("certificateLogs", 0);
    limits.timestamps = counts.count("timestamps", 1);
  }
  if (trustRoot === undefined) return undefined;
  const json =
    typeof trustRoot === "string"
      ? await read(trustRoot, ["trustRoot"], options)
      : Buffer.from(JSON.stringify(trustRoot));
  try {
    return await loadTrustRoot(json, limits);
  } catch (cause) {
    throw new PolicyFault(["trustRoot"], `cannot be used: ${(cause as Error).message}`, { cause });
  }
}

async function read(file: string, path: string[], { readFile }: ParsePolicyOptions): Promise<Uint8Array> {
  if (!readFile) throw new PolicyFault(path, "names a file; here the policy must hold it itself");
  try {
    return await readFile(file);
  } catch (cause) {
    throw new PolicyFault(path, `cannot be read: ${(cause as Error).message}`, { cause });
  }
}
