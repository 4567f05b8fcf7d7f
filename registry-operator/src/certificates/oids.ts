import { oid, sequence } from "./der.js";

/** Object identifiers as DER; RFC 5280, RFC 5480, RFC 5758. */
export const oids = {
  commonName: oid("2.5.4.3"),
  organization: oid("2.5.4.10"),
  basicConstraints: oid("2.5.29.19"),
  keyUsage: oid("2.5.29.15"),
  extendedKeyUsage: oid("2.5.29.37"),
  subjectAltName: oid("2.5.29.17"),
  subjectKeyIdentifier: oid("2.5.29.14"),
  authorityKeyIdentifier: oid("2.5.29.35"),
  serverAuth: oid("1.3.6.1.5.5.7.3.1"),
  clientAuth: oid("1.3.6.1.5.5.7.3.2"),
} as const;

/** The one signature algorithm in use: ECDSA with SHA-256, keys on P-256. */
export const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));
