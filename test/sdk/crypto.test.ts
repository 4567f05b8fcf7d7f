import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  room(index: number, size: number): number;
  sha(): number;
  shaInPieces(step: number): number;
  hmac(): number;
  same(): number;
  der(): number;
  outAt(): number;
}

const source = `
import { Sha256, sha256 } from "@meshwasm/sdk/assembly/crypto/sha256";
import { hmacSha256 } from "@meshwasm/sdk/assembly/crypto/hmac";
import { sameSecret, verifyHmacSha256 } from "@meshwasm/sdk/assembly/crypto/same-secret";
import { ecdsaToDer } from "@meshwasm/sdk/assembly/crypto/ecdsa-der";
let a: Uint8Array = new Uint8Array(0);
let b: Uint8Array = new Uint8Array(0);
let output: Uint8Array = new Uint8Array(0);
const hash = new Sha256();
export function room(index: i32, size: i32): usize {
  const bytes = new Uint8Array(size);
  if (index) b = bytes;
  else a = bytes;
  return bytes.dataStart;
}
export function sha(): i32 { output = sha256(a); return output.length; }
export function shaInPieces(step: i32): i32 {
  for (let at = 0; at < a.length; at += step) hash.update(a.subarray(at, min(at + step, a.length)));
  output = hash.digest();
  return output.length;
}
export function hmac(): i32 {
  output = hmacSha256(a, b);
  assert(verifyHmacSha256(a, b, output));
  return output.length;
}
export function same(): bool { return sameSecret(a, b); }
export function der(): i32 {
  const der = ecdsaToDer(a);
  if (!der) return -1;
  output = der;
  return der.length;
}
export function outAt(): usize { return output.dataStart; }
`;

let wasm: Loaded<Exports>;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
});

const put = (index: number, bytes: Uint8Array) => {
  // First the room: making it may grow the memory, and then the old buffer is none any more.
  const at = wasm.room(index, bytes.length);
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
};
const out = (length: number) => Buffer.from(wasm.memory.buffer, wasm.outAt(), length).toString("hex");

describe("SHA-256", () => {
  // The examples of FIPS 180-2, appendix B, which FIPS 180-4 refers to.
  for (const [text, digest] of [
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ] as const) {
    test(`of ${text.length} characters`, () => {
      put(0, Buffer.from(text));
      assert.equal(out(wasm.sha()), digest);
    });
  }

  test("of every length, whole and in pieces, is Node's", () => {
    const random = new Random(seed);
    for (let length = 0; length < 300; length++) {
      const bytes = random.bytes(length);
      const expected = createHash("sha256").update(bytes).digest("hex");
      wasm.__collect();
      put(0, bytes);
      assert.equal(out(wasm.sha()), expected, `MESHWASM_SEED=${seed}: ${length}`);
      for (const step of [1, 7, 63, 64, 65]) assert.equal(out(wasm.shaInPieces(step)), expected);
    }
  });
});

describe("HMAC-SHA-256", () => {
  // RFC 4231; test case 5 truncates its digest.
  const cases: [key: string, data: string, digest: string][] = [
    [
      "0b".repeat(20),
      Buffer.from("Hi There").toString("hex"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      Buffer.from("Jefe").toString("hex"),
      Buffer.from("what do ya want for nothing?").toString("hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cd".repeat(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [
      "0c".repeat(20),
      Buffer.from("Test With Truncation").toString("hex"),
      "a3b6167473100ee06e0c796c2955552b",
    ],
    [
      "aa".repeat(131),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      "aa".repeat(131),
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ).toString("hex"),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ];
  for (const [index, [key, data, digest]] of cases.entries()) {
    test(`test case ${index + 1} of RFC 4231`, () => {
      put(0, Buffer.from(key, "hex"));
      put(1, Buffer.from(data, "hex"));
      assert.equal(out(wasm.hmac()).slice(0, digest.length), digest);
    });
  }

  test("of random keys and messages is Node's", () => {
    const random = new Random(seed);
    for (let round = 0; round < 1_000 * long; round++) {
      const [key, message] = [random.bytes(random.below(140)), random.bytes(random.below(200))];
      wasm.__collect();
      put(0, key);
      put(1, message);
      const expected = createHmac("sha256", key).update(message).digest("hex");
      assert.equal(out(wasm.hmac()), expected, `MESHWASM_SEED=${seed}`);
    }
  });
});

test("secrets are the same byte for byte", () => {
  const random = new Random(seed);
  for (let round = 0; round < 2_000 * long; round++) {
    const a = random.bytes(random.below(40));
    const b = Uint8Array.from(a);
    if (b.length > 0 && random.once(2)) b[random.below(b.length)]! ^= 1 << random.below(8);
    const shorter = random.once(10) ? b.subarray(0, b.length - 1) : b;
    put(0, a);
    put(1, shorter);
    assert.equal(wasm.same() !== 0, Buffer.from(a).equals(shorter));
  }
});

test("an ECDSA signature in DER is two integers without a byte too many", () => {
  const random = new Random(seed);
  for (const size of [32, 48, 66]) {
    for (let round = 0; round < 300 * long; round++) {
      const numbers = [0, 1].map(() =>
        Buffer.from(random.bytes(size)).fill(0, 0, random.once(3) ? random.below(size) : 0),
      );
      put(0, Buffer.concat(numbers));
      const integers = numbers.map((number) => {
        const digits = BigInt(`0x${number.toString("hex")}`).toString(16);
        const even = digits.length % 2 ? `0${digits}` : digits;
        const value = Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
        return Buffer.concat([Buffer.of(2, value.length), value]);
      });
      const content = Buffer.concat(integers);
      const head = content.length < 128 ? [0x30, content.length] : [0x30, 0x81, content.length];
      assert.equal(
        out(wasm.der()),
        Buffer.concat([Buffer.from(head), content]).toString("hex"),
        `MESHWASM_SEED=${seed}`,
      );
    }
  }
  for (const size of [0, 1, 65, 134]) {
    put(0, new Uint8Array(size));
    assert.equal(wasm.der(), -1);
  }
});
