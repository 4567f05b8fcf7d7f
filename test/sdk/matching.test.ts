import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Loaded, loadFunctions } from "./compile-snippet.js";
import { long, Random, seed } from "./random.js";

interface Exports {
  room(size: number): number;
  starts(text: number): number;
  ends(text: number): number;
  index(text: number, from: number): number;
  compile(pattern: number, separator: number): number;
  error(): number;
  fits(text: number): number;
}

const source = `
import { contains, endsWith, indexOf, startsWith } from "@meshwasm/sdk/assembly/matching/contains";
import { compileGlob } from "@meshwasm/sdk/assembly/matching/glob";
import { Regex } from "@meshwasm/sdk/assembly/matching/regex";
let input: Uint8Array = new Uint8Array(0);
let glob: Regex = compileGlob("");
export function room(size: i32): usize { input = new Uint8Array(size); return input.dataStart; }
export function starts(text: string): bool { return startsWith(input, text); }
export function ends(text: string): bool { return endsWith(input, text); }
export function index(text: string, from: i32): i32 {
  const found = indexOf(input, text, from);
  assert(from > 0 || contains(input, text) == (found >= 0));
  return found;
}
export function compile(pattern: string, separator: string): bool { glob = compileGlob(pattern, separator); return glob.isValid; }
export function error(): string { return glob.errorAt.toString() + ": " + glob.error; }
export function fits(text: string): bool { return glob.test(text); }
`;

let wasm: Loaded<Exports>;
before(async () => {
  wasm = await loadFunctions<Exports>(source);
});
const string = (text: string) => wasm.__newString(text);

test("prefix, suffix and place are what Buffer says", () => {
  const random = new Random(seed);
  const text = (length: number) =>
    Array.from({ length: random.below(length) }, () => random.of(["a", "a", "a", "b", "é"])).join("");
  for (let round = 0; round < 10_000 * long; round++) {
    const bytes = Buffer.concat([Buffer.from(text(20)), random.once(5) ? random.bytes(2) : Buffer.of()]);
    const part = text(random.once(3) ? 12 : 4);
    const wanted = Buffer.from(part);
    const about = `MESHWASM_SEED=${seed}: ${part} in ${bytes.toString("hex")}`;
    wasm.__collect();
    new Uint8Array(wasm.memory.buffer).set(bytes, wasm.room(bytes.length));
    assert.equal(wasm.starts(string(part)) !== 0, bytes.subarray(0, wanted.length).equals(wanted), about);
    const end = bytes.subarray(Math.max(0, bytes.length - wanted.length));
    assert.equal(wasm.ends(string(part)) !== 0, end.equals(wanted), about);
    assert.equal(wasm.index(string(part), 0), bytes.indexOf(wanted), about);
    const from = random.below(bytes.length + 2);
    assert.equal(wasm.index(string(part), from), bytes.indexOf(wanted, from), `${about} from ${from}`);
  }
});

const end = "\u0000";

/** Whether a text fits a glob, by trying: the plain reading of the rules. */
function fits(glob: string, text: string, separator: string): boolean {
  const head = glob[0];
  if (head === undefined) return text === "";
  // Where a part in braces ends: the stars around it are two of one, not one of two.
  if (head === end) return fits(glob.slice(1), text, separator);
  if (head === "*") {
    const all = glob.startsWith("**");
    const rest = glob.replace(/^\*+/, "");
    for (let length = 0; length <= text.length; length++) {
      if (!all && separator && text.slice(0, length).includes(separator)) return false;
      if (fits(rest, text.slice(length), separator)) return true;
    }
    return false;
  }
  if (head === "{") {
    const close = glob.indexOf("}");
    return glob
      .slice(1, close)
      .split(",")
      .some((part) => fits(part + end + glob.slice(close + 1), text, separator));
  }
  if (text === "") return false;
  if (head === "?") return text[0] !== separator && fits(glob.slice(1), text.slice(1), separator);
  if (head === "[") {
    const inverted = glob[1] === "!";
    const close = glob.indexOf("]", inverted ? 3 : 2);
    const set = new RegExp(`[${glob.slice(inverted ? 2 : 1, close).replace(/[\]^\\]/g, "\\$&")}]`, "u");
    return set.test(text[0]!) !== inverted && fits(glob.slice(close + 1), text.slice(1), separator);
  }
  const literal = head === "\\" ? 2 : 1;
  return text[0] === glob[literal - 1] && fits(glob.slice(literal), text.slice(1), separator);
}

describe("globs", () => {
  test("fit what the rules say", () => {
    const random = new Random(seed);
    const pieces = [
      "a",
      "b",
      "/",
      ".",
      "*",
      "**",
      "?",
      "[ab]",
      "[!a]",
      "[a-c]",
      "[]]",
      "[-b]",
      "{a,bb}",
      "{a*,}",
      "\\*",
      "+",
      "$",
      "é",
    ];
    const characters = ["a", "b", "c", "/", ".", "*", "+", "$", "]", "-", "é", "^"];
    for (let round = 0; round < 6_000 * long; round++) {
      const glob = Array.from({ length: random.below(6) }, () => random.of(pieces)).join("");
      const separator = random.of(["/", ".", ""]);
      wasm.__collect();
      assert.ok(wasm.compile(string(glob), string(separator)), glob);
      for (let count = 0; count < 6; count++) {
        const text = Array.from({ length: random.below(7) }, () => random.of(characters)).join("");
        const about = `MESHWASM_SEED=${seed}: ${glob} with '${separator}' on ${text}`;
        assert.equal(wasm.fits(string(text)) !== 0, fits(glob, text, separator), about);
      }
    }
  });

  for (const [glob, error] of [
    ["a[b", "1: '[' without ']'"],
    ["a{b,c", "1: '{' without '}'"],
    ["a\\", "1: the pattern ends in an escape"],
    ["{[}]", "0: '{' without '}'"],
    ["[b-a]", "0: the range is out of order"],
  ] as const) {
    test(`${glob} is none`, () => {
      assert.equal(wasm.compile(string(glob), string("/")), 0);
      assert.equal(wasm.__getString(wasm.error()), error);
      assert.equal(wasm.fits(string("a")), 0);
    });
  }
});
