import { isIP } from "node:net";

/**
 * The little of ASN.1's Distinguished Encoding Rules that certificates need (ITU-T X.690): values are bytes, ready
 * to be put into one another.
 */
export type Der = Uint8Array;

/** A value with its tag and length. */
export function tagged(tag: number, ...content: Uint8Array[]): Der {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** SEQUENCE. */
export const sequence = (...content: Der[]): Der => tagged(0x30, ...content);
/** SET with one member, which is all that names need; more would have to be sorted. */
export const setOf = (member: Der): Der => tagged(0x31, member);
/** OCTET STRING. */
export const octetString = (bytes: Uint8Array): Der => tagged(0x04, bytes);
/** BIT STRING of whole bytes. */
export const bitString = (bytes: Uint8Array): Der => tagged(0x03, Buffer.from([0]), bytes);
/** UTF8String. */
export const utf8String = (text: string): Der => tagged(0x0c, Buffer.from(text));
/** BOOLEAN true. */
export const yes: Der = tagged(0x01, Buffer.from([0xff]));
/** `[number]` around a value: a context-specific, constructed tag. */
export const context = (number: number, ...content: Der[]): Der => tagged(0xa0 | number, ...content);

/** INTEGER from its unsigned big-endian bytes. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const body = start < 0 ? Buffer.from([0]) : bytes.subarray(start);
  return (body[0] ?? 0) & 0x80 ? tagged(0x02, Buffer.from([0]), body) : tagged(0x02, body);
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

/** A time as certificates write it: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5); whole seconds. */
export function time(date: Date): Der {
  const text = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(text.slice(2)))
    : tagged(0x18, Buffer.from(text));
}

/** A GeneralName for subjectAltName: an IP address or a DNS name. */
export function generalName(host: string): Der {
  const family = isIP(host);
  if (family === 0) return tagged(0x82, Buffer.from(host, "ascii"));
  return tagged(0x87, family === 4 ? Buffer.from(host.split(".").map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(host: string): Buffer {
  // The URL parser knows every way to write one, and writes the shortest.
  const [head = "", tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill("0");
  const all = [...groups(head), ...(tail === undefined ? [] : zeros), ...groups(tail)];
  return Buffer.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
