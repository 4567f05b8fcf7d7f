import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  room(size: number): number;
  toText(codec: number): number;
  toBytes(codec: number, text: number): number;
  outAt(): number;
  encodeComponent(text: number): number;
  decodeComponent(text: number): number;
  query(text: number): number;
  queryEdit(text: number, name: number, value: number): number;
  url(text: number): number;
  isoOf(milliseconds: bigint): number;
  httpOf(milliseconds: bigint): number;
  parseIso(text: number): bigint;
}

const source = `
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "@meshwasm/sdk/assembly/codec/base64";
import { decodeHex, encodeHex } from "@meshwasm/sdk/assembly/codec/hex";
import { decodeUrlComponent, encodeUrlComponent } from "@meshwasm/sdk/assembly/codec/percent";
import { Query } from "@meshwasm/sdk/assembly/codec/query";
import { Url } from "@meshwasm/sdk/assembly/codec/url";
import { formatIsoDate, parseIsoDate } from "@meshwasm/sdk/assembly/codec/iso-date";
import { formatHttpDate } from "@meshwasm/sdk/assembly/codec/http-date";
let input: Uint8Array = new Uint8Array(0);
let output: Uint8Array = new Uint8Array(0);
export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function outAt(): usize { return output.dataStart; }
export function toText(codec: i32): string {
  return codec == 0 ? encodeHex(input) : codec == 1 ? encodeBase64(input) : encodeBase64Url(input);
}
export function toBytes(codec: i32, text: string): i32 {
  const bytes = codec == 0 ? decodeHex(text) : codec == 1 ? decodeBase64(text) : decodeBase64Url(text);
  if (!bytes) return -1;
  output = bytes;
  return bytes.length;
}
export function encodeComponent(text: string): string { return encodeUrlComponent(text); }
export function decodeComponent(text: string): string {
  const found = decodeUrlComponent(text);
  return found == null ? "\\u0001" : found;
}
/** Everything in it, with characters between that no query of the test has. */
export function query(text: string): string {
  const found = Query.parse(text);
  let all = "";
  for (let i = 0; i < found.length; i++) {
    const name = found.nameAt(i);
    all += name + "\\u0002" + found.valueAt(i) + "\\u0003";
    assert(found.has(name) && found.getAll(name).includes(found.valueAt(i)) && found.get(name) == found.getAll(name)[0]);
  }
  return all + "\\u0004" + found.toString();
}
export function queryEdit(text: string, name: string, value: string): string {
  const found = Query.parse(text).add(name, "new").set(name, value);
  const set = found.toString();
  return set + "\\u0004" + found.remove(name).toString();
}
function part(text: string | null): string { return text == null ? "\\u0001" : text; }
export function url(text: string): string {
  const url = Url.parse(text);
  assert(url.toString() == text);
  const parts = [part(url.scheme), part(url.authority), url.path, part(url.query), part(url.fragment)];
  return parts.join("\\u0002") + "\\u0002" + url.host + "\\u0002" + url.port.toString();
}
export function isoOf(milliseconds: i64): string { return formatIsoDate(milliseconds); }
export function httpOf(milliseconds: i64): string { return formatHttpDate(milliseconds); }
export function parseIso(text: string): i64 { return parseIsoDate(text); }
`;

let wasm: Loaded<Exports>;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
});

const string = (text: string) => wasm.__newString(text);
const read = (ptr: number) => wasm.__getString(ptr);
const codecs = ["hex", "base64", "base64url"] as const;

function encode(codec: number, bytes: Uint8Array): string {
  new Uint8Array(wasm.memory.buffer).set(bytes, wasm.room(bytes.length));
  return read(wasm.toText(codec));
}

function decode(codec: number, text: string): string | undefined {
  const length = wasm.toBytes(codec, string(text));
  return length < 0 ? undefined : Buffer.from(wasm.memory.buffer, wasm.outAt(), length).toString("hex");
}

describe("hexadecimal, base64 and base64url", () => {
  test("the vectors of RFC 4648", () => {
    const vectors = [
      ["", "", ""],
      ["f", "Zg==", "66"],
      ["fo", "Zm8=", "666f"],
      ["foo", "Zm9v", "666f6f"],
      ["foob", "Zm9vYg==", "666f6f62"],
      ["fooba", "Zm9vYmE=", "666f6f6261"],
      ["foobar", "Zm9vYmFy", "666f6f626172"],
    ] as const;
    for (const [text, base64, hex] of vectors) {
      assert.equal(encode(1, Buffer.from(text)), base64);
      assert.equal(encode(0, Buffer.from(text)), hex);
      assert.equal(decode(1, base64), hex);
      assert.equal(decode(0, hex.toUpperCase()), hex);
    }
  });

  for (const [codec, name] of codecs.entries()) {
    test(`${name} of random bytes is what Buffer gives, and back`, () => {
      const random = new Random(seed);
      for (let round = 0; round < 3_000 * long; round++) {
        const bytes = Buffer.from(random.bytes(random.below(70)));
        wasm.__collect();
        assert.equal(encode(codec, bytes), bytes.toString(name), `MESHWASM_SEED=${seed}`);
        assert.equal(decode(codec, bytes.toString(name)), bytes.toString("hex"), `MESHWASM_SEED=${seed}`);
      }
    });

    test(`${name}: a text is decoded when it is the one text of its bytes, and else refused`, () => {
      const random = new Random(seed);
      const characters = [..."ABab01+/-_=", " ", "\n", "é", "€", "G", "z"];
      let refused = 0;
      for (let round = 0; round < 20_000 * long; round++) {
        const text = Array.from({ length: random.below(9) }, () => random.of(characters)).join("");
        const bytes = Buffer.from(text, name);
        const isText = bytes.toString(name) === (name === "hex" ? text.toLowerCase() : text);
        if (!isText) refused++;
        wasm.__collect();
        const expected = isText ? bytes.toString("hex") : undefined;
        assert.equal(decode(codec, text), expected, `MESHWASM_SEED=${seed}: ${JSON.stringify(text)}`);
      }
      assert.ok(refused > 1_000);
    });
  }
});

const pieces = [
  "a",
  "B",
  "1",
  "é",
  "€",
  "𝄞",
  " ",
  "+",
  "&",
  "=",
  "%",
  "%41",
  "%C3%A9",
  "%c3",
  "%zz",
  "%",
  "~",
  "!",
  "'",
  "(",
  "*",
];
const more = [
  "/",
  "?",
  "#",
  ":",
  "@",
  "-",
  ".",
  "_",
  ";",
  "\\",
  '"',
  "<",
  "%2B",
  "%00",
  "%E2%82",
  "%ff",
  "[",
  "]",
];

function randomText(random: Random, length = 12): string {
  return Array.from({ length: random.below(length) }, () => random.of(random.once(3) ? more : pieces)).join(
    "",
  );
}

describe("URLs", () => {
  test("components are escaped as encodeURIComponent does, and read as decodeURIComponent does", () => {
    const random = new Random(seed);
    for (let round = 0; round < 10_000 * long; round++) {
      const text = randomText(random);
      wasm.__collect();
      assert.equal(read(wasm.encodeComponent(string(text))), encodeURIComponent(text));
      let expected: string;
      try {
        expected = decodeURIComponent(text);
      } catch {
        expected = "\u0001";
      }
      assert.equal(read(wasm.decodeComponent(string(text))), expected, `MESHWASM_SEED=${seed}: ${text}`);
    }
  });

  test("queries are read, changed and written as URLSearchParams does", () => {
    const random = new Random(seed);
    for (let round = 0; round < 10_000 * long; round++) {
      const text = randomText(random, 20);
      const about = `MESHWASM_SEED=${seed}: ${text}`;
      // Node's own parser loses what is not ASCII beside a `%` that escapes nothing; escaped it is the same to both.
      const expected = new URLSearchParams(text.replace(/[^\0-\x7f]+/gu, encodeURIComponent));
      wasm.__collect();
      const [all, written] = read(wasm.query(string(text))).split("\u0004");
      assert.equal(all, [...expected].map(([name, value]) => `${name}\u0002${value}\u0003`).join(""), about);
      assert.equal(written, expected.toString(), about);
      const name = [...expected.keys()][0] ?? "a";
      expected.append(name, "new");
      expected.set(name, "v é");
      const set = expected.toString();
      expected.delete(name);
      const pinned = [text, name].map((each) => wasm.__pin(string(each)));
      const edited = read(wasm.queryEdit(pinned[0]!, pinned[1]!, string("v é")));
      for (const ptr of pinned) wasm.__unpin(ptr);
      assert.equal(edited, `${set}\u0004${expected}`, about);
    }
  });

  test("a URL has the parts that the expression of RFC 3986 gives", () => {
    const random = new Random(seed);
    // Appendix B.
    const expression = /^(([^:/?#]+):)?(\/\/([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?/s;
    for (let round = 0; round < 20_000 * long; round++) {
      const start = random.of([
        "",
        "/",
        "//",
        "http://",
        "https://u:p@host:80/",
        "//[::1]:8080",
        "a:b",
        "?",
        "#",
      ]);
      const text = start + randomText(random);
      const found = expression.exec(text)!;
      const parts = [found[2], found[4], found[5], found[7], found[9]].map((part) => part ?? "\u0001");
      wasm.__collect();
      const seen = read(wasm.url(string(text))).split("\u0002");
      assert.deepEqual(seen.slice(0, 5), parts, `MESHWASM_SEED=${seed}: ${text}`);
    }
  });

  for (const [text, host, port] of [
    ["https://user:pw@example.com:8443/x", "example.com", 8443],
    ["http://example.com", "example.com", -1],
    ["http://[2001:db8::1]/", "[2001:db8::1]", -1],
    ["http://[2001:db8::1]:81/", "[2001:db8::1]", 81],
    ["http://a:65536/", "a", -1],
    ["http://a:/", "a", -1],
    ["http://a:8x/", "a", -1],
    ["http://u:p@/", "", -1],
    ["/path:80", "", -1],
  ] as const) {
    test(`host and port of ${text}`, () => {
      assert.deepEqual(
        read(wasm.url(string(text)))
          .split("\u0002")
          .slice(5),
        [host, String(port)],
      );
    });
  }
});

describe("dates", () => {
  const random = new Random(seed);
  const times = [0, 1, -1, 951782400000, 951868799999, -62167219200000, 253402300799999, 8.64e15, -8.64e15];
  for (let round = 0; round < 20_000 * long; round++) {
    const scale = random.of([1e9, 1e12, 1e14, 8.64e15]);
    times.push(Math.trunc((random.below(2 ** 31) / 2 ** 30 - 1) * scale));
  }

  test("are written as toISOString and toUTCString do", () => {
    for (const time of times) {
      assert.equal(read(wasm.isoOf(BigInt(time))), new Date(time).toISOString());
      const { length } = String(new Date(time).getUTCFullYear());
      if (length === 4 && time > -6e13)
        assert.equal(read(wasm.httpOf(BigInt(time))), new Date(time).toUTCString());
    }
    assert.equal(read(wasm.isoOf(8_640_000_000_000_001n)), "");
    assert.equal(read(wasm.isoOf(-(2n ** 63n))), "");
  });

  test("are read as Date.parse does", () => {
    for (const time of times) {
      const text = new Date(time).toISOString();
      if (text.length > 24) continue;
      for (const form of [
        text,
        text.slice(0, 10),
        `${text.slice(0, 19)}Z`,
        `${text.slice(0, 16)}+05:30`,
        `${text.slice(0, -1)}-11:00`,
      ]) {
        assert.equal(wasm.parseIso(string(form)), BigInt(Date.parse(form)), form);
      }
    }
    assert.equal(
      wasm.parseIso(string("2026-01-01t00:00:00.123456789z")),
      BigInt(Date.parse("2026-01-01T00:00:00.123Z")),
    );
  });

  test("what is none is refused", () => {
    const none = -(2n ** 63n);
    for (const text of [
      ...[
        "",
        "2026",
        "2026-1-01",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-01-00",
      ],
      ...[
        "2026-01-01T",
        "2026-01-01T00:00",
        "2026-01-01T24:00Z",
        "2026-01-01T00:60Z",
        "2026-01-01T00:00:60Z",
      ],
      ...[
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01 00:00Z",
        "2026-01-01T00:00+24:00",
        "2026/01/01",
      ],
      ...["2026-01-01T00:00:00+0100", "+002026-01-01", "2026-01-01T00:00:00,5Z", "２026-01-01"],
    ]) {
      assert.equal(wasm.parseIso(string(text)), none, text);
    }
    assert.notEqual(wasm.parseIso(string("2000-02-29")), none);
    for (let round = 0; round < 20_000 * long; round++) {
      const text = [..."2026-01-31T23:59:58.9Z"]
        .map((unit) => (random.once(12) ? random.of([..."0139-:TZ+."]) : unit))
        .join("");
      const seen = wasm.parseIso(string(text));
      // The judge knows more forms; whatever is read must be what it reads.
      if (seen !== none) assert.equal(seen, BigInt(Date.parse(text)), text);
    }
  });
});
