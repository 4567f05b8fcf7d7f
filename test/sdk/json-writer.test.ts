import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { bitsOf } from "./json-agreement.js";
import { randomDocument, randomNumber } from "./json-documents.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  fresh(limit: number): void;
  beginObject(): void;
  beginArray(): void;
  end(): void;
  name(text: number): void;
  text(text: number): void;
  int(value: bigint): void;
  uint(value: bigint): void;
  float(value: number): void;
  truth(value: number): void;
  nothing(): void;
  copyParsed(): void;
  copyMembers(): void;
  setField(name: number): number;
  error(): number;
  isWhole(): number;
  finish(): number;
  piece(): number;
  outAt(): number;
  room(size: number): number;
}

const source = `
import { Json } from "@meshwasm/sdk/assembly/json/json";
import { JsonWriter } from "@meshwasm/sdk/assembly/json/writer";
let writer: JsonWriter = new JsonWriter();
let input: Uint8Array = new Uint8Array(0);
let output: Uint8Array = new Uint8Array(0);
export function fresh(limit: i32): void { writer = new JsonWriter(limit); }
export function beginObject(): void { writer.beginObject(); }
export function beginArray(): void { writer.beginArray(); }
export function end(): void { writer.end(); }
export function name(text: string): void { writer.name(text); }
export function text(text: string): void { writer.string(text); }
export function int(value: i64): void { writer.int(value); }
export function uint(value: u64): void { writer.uint(value); }
export function float(value: f64): void { writer.float(value); }
export function truth(value: bool): void { writer.bool(value); }
export function nothing(): void { writer.null(); }
export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function copyParsed(): void { writer.copy(Json.parse(input)); }
export function copyMembers(): void {
  const json = Json.parse(input);
  writer.beginObject();
  for (const each = json.each(); each.next(); ) writer.copyMember(each);
  writer.end();
}
export function setField(name: string): i32 {
  const json = Json.parse(input);
  output = json.replaced(json.get(name), new JsonWriter().string("changed").bytes());
  return output.length;
}
export function error(): string { return writer.error; }
export function isWhole(): bool { return writer.isWhole; }
export function finish(): i32 { output = writer.bytes(); return output.length; }
export function piece(): i32 { output = writer.takePiece(); return output.length; }
export function outAt(): usize { return output.dataStart; }
`;

let wasm: Loaded<Exports>;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
});

const string = (text: string) => wasm.__newString(text);
const output = (length: number) => Buffer.from(wasm.memory.buffer, wasm.outAt(), length).toString();
const error = () => wasm.__getString(wasm.error());
const finish = () => output(wasm.finish());

function put(value: unknown): void {
  if (value === null) wasm.nothing();
  else if (typeof value === "string") wasm.text(string(value));
  else if (typeof value === "number") wasm.float(value);
  else if (typeof value === "boolean") wasm.truth(Number(value));
  else if (Array.isArray(value)) {
    wasm.beginArray();
    for (const item of value) put(item);
    wasm.end();
  } else {
    wasm.beginObject();
    for (const [name, inner] of Object.entries(value as object)) {
      wasm.name(string(name));
      put(inner);
    }
    wasm.end();
  }
}

function input(text: string): void {
  const bytes = Buffer.from(text);
  const at = wasm.room(bytes.length);
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
}

describe("the JSON writer", () => {
  test("writes random values as JSON.stringify does", () => {
    const random = new Random(seed);
    for (let round = 0; round < 3_000 * long; round++) {
      const value = JSON.parse(randomDocument(random), (_, inner) =>
        typeof inner === "number" && !Number.isFinite(inner) ? 0 : inner,
      );
      const about = `MESHWASM_SEED=${seed}, round ${round}`;
      wasm.__collect();
      wasm.fresh(1 << 24);
      put(value);
      assert.equal(error(), "", about);
      const text = finish();
      assert.deepEqual(JSON.parse(text), value, about);
      // Numbers may have other digits that mean the same.
      const plain = (json: string) => json.replace(/(?<=[[:,]|^)-?\d[\d.e+-]*/g, "0");
      assert.equal(plain(text), plain(JSON.stringify(value)), about);
    }
  });

  test("writes every double so that it reads as the same", () => {
    const random = new Random(seed);
    const edges = [
      0,
      -0,
      5e-324,
      1.7976931348623157e308,
      2 ** 53,
      2 ** 53 - 1,
      1e21,
      1e-7,
      123456.789,
      0.1,
      2 ** 63,
    ];
    for (let round = 0; round < 30_000 * long; round++) {
      const value = edges[round] ?? Number(randomNumber(random));
      if (!Number.isFinite(value)) continue;
      wasm.fresh(100);
      wasm.float(value);
      const text = finish();
      assert.equal(bitsOf(JSON.parse(text)), bitsOf(value), `MESHWASM_SEED=${seed}: ${value} as ${text}`);
    }
  });

  test("writes integers with all their digits", () => {
    for (const value of [0n, 1n, -1n, 10n, 99n, 2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n]) {
      wasm.fresh(100);
      wasm.int(value);
      assert.equal(finish(), String(value));
    }
    wasm.fresh(100);
    wasm.uint(2n ** 64n - 1n);
    assert.equal(finish(), "18446744073709551615");
  });

  test("escapes every code unit as JSON.stringify does", () => {
    for (let unit = 0; unit < 0x10000; unit += 97) {
      const text = `a${String.fromCharCode(unit)}${String.fromCharCode((unit * 7) & 0xffff)}`;
      wasm.fresh(100);
      wasm.text(string(text));
      assert.equal(finish(), JSON.stringify(text));
    }
    const all = String.fromCharCode(...Array.from({ length: 0x300 }, (_, unit) => unit));
    const pairs = "𝄞".repeat(2000);
    for (const text of [
      all,
      pairs,
      `x${pairs}`,
      "\ud834".repeat(1500),
      `${"a".repeat(511)}\ud834\udd1e\ud834`,
    ]) {
      wasm.fresh(1 << 20);
      wasm.text(string(text));
      assert.equal(finish(), JSON.stringify(text));
    }
  });

  test("copies what was read byte for byte", () => {
    const random = new Random(seed);
    for (let round = 0; round < 2_000 * long; round++) {
      const text = randomDocument(random);
      wasm.__collect();
      input(text);
      wasm.fresh(1 << 20);
      wasm.beginArray();
      wasm.copyParsed();
      wasm.copyParsed();
      wasm.end();
      assert.equal(finish(), `[${text.trim()},${text.trim()}]`);
    }
    input('{"\\u0061" : 1.0 , "b":[ 1e3 ], "a":"\\/"}');
    wasm.fresh(1000);
    wasm.copyMembers();
    assert.equal(finish(), '{"\\u0061":1.0,"b":[ 1e3 ],"a":"\\/"}');
  });

  test("changes one field of a document and leaves every other byte", () => {
    for (const value of ['"old"', "1", "null", '{"x":[1]}', "[ ]", '""']) {
      input(`{ "a": 1.0, "é":  ${value} ,"z": true }`);
      assert.equal(output(wasm.setField(string("é"))), '{ "a": 1.0, "é":  "changed" ,"z": true }');
    }
    input('{"a":1}');
    assert.equal(output(wasm.setField(string("absent"))), '{"a":1}');
  });
});

describe("what would be no JSON is an error of the writer", () => {
  const cases: [name: string, write: () => unknown, error: RegExp][] = [
    ["a value without a name", () => [wasm.beginObject(), wasm.nothing()], /needs a name/],
    [
      "two names",
      () => [wasm.beginObject(), wasm.name(string("a")), wasm.name(string("b"))],
      /a name stands/,
    ],
    ["a name in an array", () => [wasm.beginArray(), wasm.name(string("a"))], /a name stands/],
    ["a name at the root", () => wasm.name(string("a")), /a name stands/],
    ["an end too many", () => wasm.end(), /nothing to end/],
    [
      "an end behind a name",
      () => [wasm.beginObject(), wasm.name(string("a")), wasm.end()],
      /nothing to end/,
    ],
    ["two documents", () => [wasm.nothing(), wasm.nothing()], /its one value already/],
    ["NaN", () => wasm.float(Number.NaN), /no such number/],
    ["infinity", () => wasm.float(-Infinity), /no such number/],
    ["a copy of what is no JSON", () => [input("{"), wasm.copyParsed()], /no value to copy/],
    [
      "too deep",
      () => {
        for (let i = 0; i < 129; i++) wasm.beginArray();
      },
      /more than 128 deep/,
    ],
    ["too long", () => wasm.text(string("x".repeat(999))), /too long/],
  ];
  for (const [name, write, words] of cases) {
    test(name, () => {
      wasm.fresh(1000);
      write();
      assert.match(error(), words);
      assert.equal(wasm.isWhole(), 0);
      assert.equal(wasm.finish(), 0);
      wasm.end();
      wasm.nothing();
      assert.match(error(), words, "the first error stays");
    });
  }

  test("a document that is not whole is empty", () => {
    wasm.fresh(1000);
    wasm.beginArray();
    assert.equal(wasm.finish(), 0);
    wasm.end();
    assert.equal(finish(), "[]");
  });
});

test("a long document is sent in pieces", () => {
  wasm.fresh(1000);
  let text = "";
  wasm.beginArray();
  for (let i = 0; i < 1000; i++) {
    wasm.text(string("x".repeat(500)));
    text += output(wasm.piece());
  }
  wasm.end();
  assert.equal(error(), "");
  text += output(wasm.piece());
  assert.equal(JSON.parse(text).length, 1000);
});
