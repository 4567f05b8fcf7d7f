import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  room(size: number): number;
  decode(length: number): number;
  isValid(length: number): number;
  encodeString(text: number): void;
  encodeLiteral(index: number): void;
  encodedAt(): number;
  encodedLength(): number;
  release(): void;
}

/** With lone surrogates in every place, as a literal can have them. */
const literals = [
  ...["", "plain", "é", "€uro", "𝄞", "a\u0000b", "\ud800", "\udc00", "x\ud834", "\udd1ey", "\ud834a\udd1e"],
  ...[
    "\ud834\ud834\udd1e",
    "\udc00\ud800",
    "\uffff\ufffe\ufffd",
    "\ue000\ud7ff",
    "ascii and then ü and then ascii",
  ],
];

const source = `
import { decodeUtf8, isUtf8 } from "@meshwasm/sdk/assembly/memory/utf8";
import { bytesOf, encode, Encoded, lengthOf } from "@meshwasm/sdk/assembly/memory/encoded";
import { reset } from "@meshwasm/sdk/assembly/memory/arena";

let input: Uint8Array = new Uint8Array(0);
let encoded: Encoded = 0;

export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function decode(length: i32): string { return decodeUtf8(input.dataStart, length); }
export function isValid(length: i32): bool { return isUtf8(input.dataStart, length); }
export function encodeString(text: string): void { encoded = encode(text); }
export function encodeLiteral(index: i32): void {
  switch (index) {
${literals.map((text, index) => `    case ${index}: encoded = encode(${quoted(text)}); break;`).join("\n")}
  }
}
export function encodedAt(): usize { return bytesOf(encoded); }
export function encodedLength(): u32 { return lengthOf(encoded); }
export function release(): void { reset(); }
`;

let wasm: Loaded<Exports>;
let at: number;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
  at = wasm.room(64);
});

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function isWellFormed(bytes: Uint8Array): boolean {
  return Buffer.from(decoder.decode(bytes)).equals(bytes);
}

function check(...bytes: number[]): void {
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
  const all = Uint8Array.from(bytes);
  const hex = Buffer.from(all).toString("hex");
  assert.equal(wasm.__getString(wasm.decode(bytes.length)), decoder.decode(all), hex);
  assert.equal(wasm.isValid(bytes.length) !== 0, isWellFormed(all), hex);
}

/** The first and last byte of every row of the Unicode standard's table 3-7, and their neighbours. */
const boundaries = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

describe("decoding agrees with TextDecoder", () => {
  test("the judge itself knows well-formed from ill-formed", () => {
    const fatal = new TextDecoder("utf-8", { fatal: true });
    assert.throws(() => fatal.decode(Uint8Array.of(0xed, 0xa0, 0x80)));
    assert.ok(!isWellFormed(Uint8Array.of(0xed, 0xa0, 0x80)));
    assert.ok(isWellFormed(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbf, 0xbd)));
  });

  test("on no byte and every byte", () => {
    check();
    for (let a = 0; a < 256; a++) check(a);
  });

  test("on every two bytes", () => {
    for (let a = 0; a < 256; a++) for (let b = 0; b < 256; b++) check(a, b);
  });

  test("on every three boundary bytes, with text around", () => {
    for (const a of boundaries)
      for (const b of boundaries) for (const c of boundaries) check(0x62, a, b, c, 0x63);
  });

  test("on every four bytes that begin a sequence of four, at its boundaries", () => {
    for (const a of [0xf0, 0xf1, 0xf4, 0xe1]) {
      for (const b of boundaries) for (const c of boundaries) for (const d of boundaries) check(a, b, c, d);
    }
  });

  test("on random bytes", () => {
    const random = new Random(seed);
    for (let round = 0; round < 20_000 * long; round++) {
      // Mostly the bytes of multi-byte sequences, behind ASCII of any length.
      const ascii = Array.from({ length: random.below(20) }, () => random.below(128));
      const other = Array.from({ length: random.below(12) }, () => random.of(boundaries));
      check(...ascii, ...other, ...random.bytes(random.below(4)));
    }
  });
});

describe("encoding agrees with TextEncoder", () => {
  const encoded = () =>
    Buffer.from(wasm.memory.buffer, wasm.encodedAt(), wasm.encodedLength()).toString("hex");
  const expected = (text: string) => Buffer.from(new TextEncoder().encode(text)).toString("hex");

  test("on literals, each time", () => {
    for (let round = 0; round < 3; round++) {
      for (const [index, text] of literals.entries()) {
        wasm.encodeLiteral(index);
        assert.equal(encoded(), expected(text), quoted(text));
        wasm.release();
      }
    }
  });

  test("on strings of the heap", () => {
    const random = new Random(seed);
    const units = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff];
    for (let round = 0; round < 5_000 * long; round++) {
      const length = random.once(50) ? random.below(20_000) : random.below(12);
      const text = String.fromCharCode(...Array.from({ length }, () => random.of(units)));
      wasm.encodeString(wasm.__newString(text));
      assert.equal(encoded(), expected(text), `MESHWASM_SEED=${seed}: ${length} code units`);
      wasm.release();
      if (round % 100 === 0) wasm.__collect();
    }
  });
});

function quoted(text: string): string {
  const escaped = Array.from(
    text.split(""),
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped.join("")}"`;
}
