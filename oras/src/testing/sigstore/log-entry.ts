import { createHash, sign } from "node:crypto";
import type { NamedKey } from "./certificate.js";

/** What a log took. */
export interface Logged {
  payload: Uint8Array;
  signature: Buffer;
  /** DER. */
  certificate: Buffer;
  at: Date;
  /** Whether the log signed the time. */
  promised: boolean;
}

/**
 * An entry of a transparency log, the second of two, with its inclusion proof.
 * See https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json, RFC 6962 section 2.1
 * and https://github.com/transparency-dev/formats/blob/main/log/README.md.
 */
export function logEntry(log: NamedKey, { payload, signature, certificate, at, promised }: Logged): object {
  const body = Buffer.from(canonical(entryBody(payload, signature, certificate)));
  const integratedTime = Math.floor(at.getTime() / 1000);
  const [sibling, leaf] = [sha256(Buffer.of(0), Buffer.from("another entry")), sha256(Buffer.of(0), body)];
  const rootHash = sha256(Buffer.of(1), sibling, leaf);
  const promise = canonical({
    body: body.toString("base64"),
    integratedTime,
    logID: log.id.toString("hex"),
    logIndex: 1,
  });
  return {
    logIndex: "1",
    logId: { keyId: log.id.toString("base64") },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: String(integratedTime),
    ...(promised && {
      inclusionPromise: {
        signedEntryTimestamp: sign("sha256", Buffer.from(promise), log.key).toString("base64"),
      },
    }),
    inclusionProof: {
      logIndex: "1",
      rootHash: rootHash.toString("base64"),
      treeSize: "2",
      hashes: [sibling.toString("base64")],
      checkpoint: { envelope: checkpoint(log, rootHash) },
    },
    canonicalizedBody: body.toString("base64"),
  };
}

function entryBody(payload: Uint8Array, signature: Buffer, certificate: Buffer): object {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  const hash = (bytes: Uint8Array) => ({ algorithm: "sha256", value: sha256(bytes).toString("hex") });
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: hash(payload),
      payloadHash: hash(payload),
      signatures: [
        { signature: signature.toString("base64"), verifier: Buffer.from(pem).toString("base64") },
      ],
    },
  };
}

function checkpoint(log: NamedKey, rootHash: Buffer): string {
  const note = `log.example.com\n2\n${rootHash.toString("base64")}\n`;
  const signature = Buffer.concat([log.id.subarray(0, 4), sign("sha256", Buffer.from(note), log.key)]);
  return `${note}\n\u2014 log.example.com ${signature.toString("base64")}\n`;
}

/** RFC 8785, for what is written here: sorted keys, no blanks. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
