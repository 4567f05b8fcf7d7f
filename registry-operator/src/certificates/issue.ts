import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  bitString,
  context,
  type Der,
  generalName,
  integer,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
  utf8String,
  yes,
} from "./der.js";
import { readDer } from "./der-reader.js";
import { ecdsaWithSha256, oids } from "./oids.js";
import { toPem } from "./pem.js";

/** Who a certificate is for. */
export interface Subject {
  commonName: string;
  /** Absent: none. */
  organization?: string | undefined;
}

/** What a certificate says. */
export interface CertificateRequest {
  subject: Subject;
  /** On P-256. */
  publicKey: KeyObject;
  /** `authority` signs others; `server` and `client` are what TLS asks for. */
  use: "authority" | "server" | "client";
  notBefore: Date;
  notAfter: Date;
  /** DNS names and IP addresses of a server. Absent: none. */
  hosts?: readonly string[] | undefined;
}

/** Who signs; its key is on P-256. */
export interface Issuer {
  subject: Subject;
  privateKey: KeyObject;
}

/**
 * Makes an X.509 version 3 certificate (RFC 5280), signed with ECDSA and SHA-256.
 *
 * @param issuer with the subject itself as issuer it is signed by itself
 * @returns PEM
 */
export function issueCertificate(request: CertificateRequest, issuer: Issuer): string {
  // 127 random bits with a leading one: positive, and never shorter than others.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    nameOf(issuer.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.subject),
    keyInfo(request.publicKey),
    context(3, sequence(...extensions(request, issuer))),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  return toPem("CERTIFICATE", sequence(body, ecdsaWithSha256, bitString(signature)));
}

function extensions({ use, hosts = [], publicKey }: CertificateRequest, issuer: Issuer): Der[] {
  const isAuthority = use === "authority";
  const list = [
    extension(oids.basicConstraints, true, sequence(...(isAuthority ? [yes] : []))),
    // keyCertSign and cRLSign, or digitalSignature.
    extension(oids.keyUsage, true, tagged(0x03, Buffer.from(isAuthority ? [1, 0x06] : [7, 0x80]))),
    extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
    // Two authorities of one name stand in the bundle during a rotation: this tells which one signed.
    extension(
      oids.authorityKeyIdentifier,
      false,
      sequence(tagged(0x80, keyIdentifier(createPublicKey(issuer.privateKey)))),
    ),
  ];
  if (!isAuthority) {
    const purpose = use === "server" ? oids.serverAuth : oids.clientAuth;
    list.push(extension(oids.extendedKeyUsage, false, sequence(purpose)));
  }
  if (hosts.length > 0) {
    list.push(extension(oids.subjectAltName, false, sequence(...hosts.map(generalName))));
  }
  return list;
}

function extension(id: Der, critical: boolean, value: Der): Der {
  return sequence(id, ...(critical ? [yes] : []), octetString(value));
}

function nameOf({ commonName, organization }: Subject): Der {
  const part = (type: Der, text: string) => setOf(sequence(type, utf8String(text)));
  return sequence(
    ...(organization === undefined ? [] : [part(oids.organization, organization)]),
    part(oids.commonName, commonName),
  );
}

function keyInfo(key: KeyObject): Der {
  return key.export({ type: "spki", format: "der" });
}

// RFC 5280, 4.2.1.2, method 1: SHA-1 of the key's bits; a name, not a protection.
function keyIdentifier(key: KeyObject): Uint8Array {
  const bits = readDer(readDer(keyInfo(key))[0]?.content ?? new Uint8Array())[1]?.content ?? new Uint8Array();
  return createHash("sha1").update(bits.subarray(1)).digest();
}
