import { createHash } from "node:crypto";

// Node's OpenSSL 3.0 knows pure Ed25519 only, but cosign signs images with Ed25519ph when it is given an Ed25519 key.
// Only verifying needs no secret, so that big integers, which take a varying time, do no harm.
const p = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const d = modulo(-121665n * power(121666n, p - 2n));
const sqrtMinusOne = power(2n, (p - 1n) / 4n);

// Extended homogeneous coordinates, RFC 8032 section 5.1.4.
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];

const basePoint = decode(Buffer.from(`58${"66".repeat(31)}`, "hex")) as Point;
const prefix = Buffer.concat([Buffer.from("SigEd25519 no Ed25519 collisions"), Buffer.from([1, 0])]);

/**
 * Verifies an Ed25519ph signature with an empty context.
 * See https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7.
 * @param publicKey the 32 bytes of the key, not its SubjectPublicKeyInfo.
 * @returns false for anything that is no valid signature of the message, whatever the lengths.
 */
export function verifyEd25519ph(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const a = decode(publicKey);
  const r = decode(signature.subarray(0, 32));
  const s = toInteger(signature.subarray(32));
  if (!a || !r || s >= order) return false;
  const hash = createHash("sha512")
    .update(prefix)
    .update(signature.subarray(0, 32))
    .update(publicKey)
    .update(createHash("sha512").update(message).digest())
    .digest();
  return isSame(multiply(s, basePoint), add(r, multiply(toInteger(hash) % order, a)));
}

function modulo(value: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n, square = (square * square) % p) {
    if (left & 1n) result = (result * square) % p;
  }
  return result;
}

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * t1 * t2 * d);
  const e = modulo(2n * z1 * z2);
  const [f, g, h, i] = [b - a, e - c, e + c, b + a];
  return [modulo(f * g), modulo(h * i), modulo(g * h), modulo(f * i)];
}

function multiply(scalar: bigint, point: Point): Point {
  let result: Point = [0n, 1n, 1n, 0n];
  for (let double = point, left = scalar; left > 0n; left >>= 1n, double = add(double, double)) {
    if (left & 1n) result = add(result, double);
  }
  return result;
}

function isSame([x1, y1, z1]: Point, [x2, y2, z2]: Point): boolean {
  return modulo(x1 * z2 - x2 * z1) === 0n && modulo(y1 * z2 - y2 * z1) === 0n;
}

/** RFC 8032 section 5.1.3; undefined when the bytes are no point of the curve. */
function decode(bytes: Uint8Array): Point | undefined {
  const encoded = toInteger(bytes);
  const y = encoded & (2n ** 255n - 1n);
  const isOdd = encoded >> 255n === 1n;
  if (y >= p) return undefined;
  const square = modulo((y * y - 1n) * power(modulo(d * y * y + 1n), p - 2n));
  let x = power(square, (p + 3n) / 8n);
  if (modulo(x * x - square) !== 0n) x = modulo(x * sqrtMinusOne);
  if (modulo(x * x - square) !== 0n || (x === 0n && isOdd)) return undefined;
  if (((x & 1n) === 1n) !== isOdd) x = p - x;
  return [x, y, 1n, modulo(x * y)];
}

function toInteger(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString("hex")}`);
}
