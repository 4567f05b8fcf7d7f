import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { bitString, der, oid, sequence, utcTime } from "./der.js";

/** A key with its public half as SubjectPublicKeyInfo, and the SHA-256 of that. */
export interface NamedKey {
  key: KeyObject;
  spki: Buffer;
  id: Buffer;
}

/** A certificate authority. */
export interface Authority extends NamedKey {
  name: string;
  certificate: Buffer;
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
const true_ = der(0x01, Buffer.of(0xff));

/** Names a key. */
export function named(key: KeyObject): NamedKey {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return { key, spki, id: createHash("sha256").update(spki).digest() };
}

/** An extension of a certificate, RFC 5280 section 4.1. */
export function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [true_] : []), der(0x04, value));
}

/** A self-signed certificate authority. */
export function authority(key: KeyObject, name: string, validity: readonly [Date, Date]): Authority {
  const known = named(key);
  const extensions = [
    extension("2.5.29.15", bitString(Buffer.of(0x06), 1), true),
    extension("2.5.29.19", sequence(true_), true),
    extension("2.5.29.14", der(0x04, keyIdentifier(known.spki))),
  ];
  const tbs = tbsCertificate({ issuer: name, subject: name, spki: known.spki, validity, extensions });
  return { ...known, name, certificate: signed(tbs, key) };
}

/** What a certificate says before anybody signs it. */
export function tbsCertificate(parts: {
  issuer: string;
  subject: string;
  spki: Buffer;
  validity: readonly [Date, Date];
  extensions: readonly Buffer[];
  serial?: Buffer;
}): Buffer {
  const { issuer, subject, spki, validity, extensions, serial = newSerial() } = parts;
  return sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(...validity.map(utcTime)),
    distinguishedName(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  );
}

/** A positive number that no other certificate has. */
export function newSerial(): Buffer {
  return Buffer.concat([Buffer.of(1), randomBytes(15)]);
}

/** The certificate, signed. */
export function signed(tbs: Buffer, key: KeyObject): Buffer {
  return sequence(tbs, ecdsaWithSha256, bitString(sign("sha256", tbs, key)));
}

/** How an authority's key is named in what it signs. */
export function keyIdentifier(spki: Buffer): Buffer {
  return createHash("sha256").update(spki).digest().subarray(0, 20);
}

function distinguishedName(name: string): Buffer {
  if (name === "") return sequence();
  return sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(name)))));
}
