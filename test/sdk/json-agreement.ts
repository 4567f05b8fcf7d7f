import assert from "node:assert/strict";
import type { JsonProbe, Seen } from "./json-probe.js";

/** What the reader refuses on purpose, although JSON.parse takes it. */
const maxDepth = 128;
const largest = 2n ** 63n - 1n;
const smallest = -(2n ** 63n);
/** What the probe answers for a number that is no 64-bit integer. */
const noInteger = -42n;

/** The document, or undefined where JSON.parse throws. */
export function nodeParse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Asserts that the reader says of `text` what Node says. */
export function assertAgreement(probe: JsonProbe, text: string): void {
  const expected = nodeParse(text);
  const seen = probe.parse(text);
  if (!expected || depth(expected.value) > maxDepth) {
    assert.equal(seen, undefined, "accepted");
    assert.match(probe.error, /^line \d+, column \d+: ./);
    return;
  }
  assert.ok(seen, `refused: ${probe.error}`);
  assertSame(seen, expected.value);
}

/** Asserts that a value is the one that Node has read. */
export function assertSame(seen: Seen, expected: unknown): void {
  if (seen.kind === "number") assertNumber(seen, expected);
  else if (seen.kind === "string") assert.equal(seen.text, expected);
  else if (seen.kind === "array") assertArray(seen, expected);
  else if (seen.kind === "object") assertObject(seen, expected);
  else assert.equal(seen.kind, String(expected));
}

function assertArray(seen: Extract<Seen, { kind: "array" }>, expected: unknown): void {
  assert.ok(Array.isArray(expected));
  assert.equal(seen.items.length, expected.length);
  for (const [index, item] of seen.items.entries()) assertSame(item, expected[index]);
}

function assertObject(seen: Extract<Seen, { kind: "object" }>, expected: unknown): void {
  assert.ok(typeof expected === "object" && expected !== null && !Array.isArray(expected));
  // Integer-like names come first in JavaScript; a repeated one counts once.
  const names = new Set(seen.members.map(([name]) => name));
  assert.deepEqual([...names].sort(), Object.keys(expected).sort());
  for (const [name, value] of seen.members) assertSame(value, (expected as Record<string, unknown>)[name]);
}

function assertNumber(seen: Extract<Seen, { kind: "number" }>, expected: unknown): void {
  assert.ok(Object.is(Number(seen.source), expected), `the number's text is ${seen.source}`);
  assert.equal(hex(seen.bits), hex(bitsOf(expected as number)), `${seen.source} as a float`);
  const exact = /^-?\d+$/.test(seen.source) ? BigInt(seen.source) : undefined;
  const fits = exact !== undefined && exact >= smallest && exact <= largest;
  assert.equal(seen.int, fits ? exact : noInteger, `${seen.source} as an integer`);
}

function hex(bits: bigint): string {
  return bits.toString(16).padStart(16, "0");
}

/** The bits of a double. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function depth(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let deepest = 0;
  // Without recursion: the corpus has a document that is 100,000 deep.
  const open: [unknown, number][] = [[value, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    deepest = Math.max(deepest, next[1]);
    for (const child of Object.values(next[0] as object)) {
      if (typeof child === "object" && child !== null) open.push([child, next[1] + 1]);
    }
  }
  return deepest;
}
