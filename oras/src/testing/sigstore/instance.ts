import { createHash, sign } from "node:crypto";
import { preAuthEncoding } from "../../signing/bundle.js";
import { statementPayloadType } from "../../signing/statement.js";
import { newKey } from "../keys.js";
import {
  type Authority,
  authority,
  extension,
  keyIdentifier,
  type NamedKey,
  named,
  newSerial,
  signed,
  tbsCertificate,
} from "./certificate.js";
import { der, oid, sequence } from "./der.js";
import { logEntry } from "./log-entry.js";

/** A Sigstore instance of a test's own: an authority, a certificate log, and a log of signatures. */
export interface SigstoreInstance {
  authority: Authority;
  certificateLog: NamedKey;
  log: NamedKey;
}

/** What a keyless signature is made with, and what may be wrong with it. */
export interface KeylessOptions {
  issuer: string;
  /** A mail address, or a URI. */
  subject: string;
  /** When the certificate starts; it holds for ten minutes. Absent: now. */
  from?: Date;
  /** When the log says that it took the signature. Absent: a minute after `from`. */
  loggedAt?: Date;
  /** False: the certificate was not logged. */
  certificateLogged?: boolean;
  /** False: the signature was not logged. */
  logged?: boolean;
  /** False: without the log's signature of the time. */
  promised?: boolean;
  /** Purposes of the certificate. Absent: signing code. */
  purpose?: string;
  /** The name of the statement's encoding in the entry of the log differs. */
  otherEntry?: boolean;
}

/** Makes an instance with new keys. */
export function newInstance(): SigstoreInstance {
  const now = Date.now();
  const validity = [new Date(now - 86_400_000 * 365), new Date(now + 86_400_000 * 365)] as const;
  return {
    authority: authority(newKey(), "test authority", validity),
    certificateLog: named(newKey()),
    log: named(newKey()),
  };
}

/** Its trusted_root.json. */
export function trustedRoot({ authority, certificateLog, log }: SigstoreInstance): Uint8Array {
  const validFor = { start: "2020-01-01T00:00:00Z" };
  const logOf = (host: string, { spki, id }: NamedKey) => ({
    baseUrl: `https://${host}`,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: spki.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: id.toString("base64") },
  });
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf("log.example.com", log)],
    certificateAuthorities: [
      {
        subject: { organization: "example.com", commonName: authority.name },
        uri: "https://authority.example.com",
        certChain: { certificates: [{ rawBytes: authority.certificate.toString("base64") }] },
        validFor,
      },
    ],
    ctlogs: [logOf("certificates.example.com", certificateLog)],
    timestampAuthorities: [],
  };
  return Buffer.from(JSON.stringify(root));
}

/** Signs a statement with a key of minutes; a bundle as JSON. */
export function signKeyless(
  instance: SigstoreInstance,
  statement: Uint8Array,
  options: KeylessOptions,
): Uint8Array {
  const { from = new Date(), loggedAt = new Date(from.getTime() + 60_000), logged = true } = options;
  const key = named(newKey());
  const certificate = certificateFor(instance, key, from, options);
  const signature = sign("sha256", preAuthEncoding(statementPayloadType, statement), key.key);
  const entry = logEntry(instance.log, {
    payload: options.otherEntry ? Buffer.from("another") : statement,
    signature,
    certificate,
    at: loggedAt,
    promised: options.promised ?? true,
  });
  return Buffer.from(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: {
        certificate: { rawBytes: certificate.toString("base64") },
        tlogEntries: logged ? [entry] : [],
      },
      dsseEnvelope: {
        payload: Buffer.from(statement).toString("base64"),
        payloadType: statementPayloadType,
        signatures: [{ sig: signature.toString("base64") }],
      },
    }),
  );
}

/** As Fulcio writes them: https://github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md. */
function certificateFor(
  { authority, certificateLog }: SigstoreInstance,
  { spki }: NamedKey,
  from: Date,
  { issuer, subject, certificateLogged = true, purpose = "1.3.6.1.5.5.7.3.3" }: KeylessOptions,
): Buffer {
  const isMail = subject.includes("@") && !subject.includes("://");
  const extensions = [
    extension("2.5.29.15", Buffer.from("03020780", "hex"), true),
    extension("2.5.29.37", sequence(oid(purpose))),
    extension("2.5.29.14", der(0x04, keyIdentifier(spki))),
    extension("2.5.29.35", sequence(der(0x80, keyIdentifier(authority.spki)))),
    extension("2.5.29.17", sequence(der(isMail ? 0x81 : 0x86, Buffer.from(subject))), true),
    extension("1.3.6.1.4.1.57264.1.8", der(0x0c, Buffer.from(issuer))),
  ];
  const validity = [from, new Date(from.getTime() + 600_000)] as const;
  const parts = { issuer: authority.name, subject: "", spki, validity, serial: newSerial() };
  const bare = tbsCertificate({ ...parts, extensions });
  if (!certificateLogged) return signed(bare, authority.key);
  const timestamps = extension(
    "1.3.6.1.4.1.11129.2.4.2",
    timestampsOf(bare, authority, certificateLog, from),
  );
  return signed(tbsCertificate({ ...parts, extensions: [...extensions, timestamps] }), authority.key);
}

/** A list of one signed certificate timestamp, RFC 6962 sections 3.2 and 3.3. */
function timestampsOf(bare: Buffer, { spki }: NamedKey, log: NamedKey, at: Date): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(at.getTime()));
  const issuerHash = createHash("sha256").update(spki).digest();
  const input = Buffer.concat([
    Buffer.of(0, 0),
    time,
    Buffer.of(0, 1),
    issuerHash,
    sized(bare, 3),
    Buffer.of(0, 0),
  ]);
  const signature = sign("sha256", input, log.key);
  const one = Buffer.concat([
    Buffer.of(0),
    log.id,
    time,
    Buffer.of(0, 0),
    Buffer.of(4, 3),
    sized(signature, 2),
  ]);
  return der(0x04, sized(sized(one, 2), 2));
}

function sized(bytes: Buffer, width: number): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(bytes.length, 0, width);
  return Buffer.concat([length, bytes]);
}
