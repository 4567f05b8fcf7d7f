import type { Random } from "./random.js";

/** Random JSON text: every kind of value, escapes, repeated names, odd white space. */
export function randomDocument(random: Random): string {
  return space(random) + value(random, 0) + space(random);
}

/** A valid text with a few changes, often no longer JSON. */
export function randomMutation(random: Random): string {
  let text = randomDocument(random);
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const piece = random.of(pieces);
    const kept = random.once(2) ? text.slice(at) : text.slice(at + 1 + random.below(3));
    text = text.slice(0, at) + (random.once(3) ? "" : piece) + kept;
  }
  // Without lone surrogates, which have no UTF-8.
  return Buffer.from(text).toString();
}

/** A number literal: short, long, near a boundary, or of any bits. */
export function randomNumber(random: Random): string {
  const sign = random.once(3) ? "-" : "";
  const form = random.below(6);
  if (form === 0) return sign + integer(random, 1 + random.below(6));
  if (form === 1) return sign + integer(random, 15 + random.below(8));
  if (form === 2)
    return `${sign}${integer(random, 1 + random.below(20))}.${digits(random, 1 + random.below(25))}`;
  if (form === 3) return `${sign}${integer(random, 1 + random.below(25))}${exponent(random, 320)}`;
  if (form === 4) return `${sign}0.${digits(random, 1 + random.below(20))}${exponent(random, 340)}`;
  return ofAnyBits(random);
}

const pieces = [
  ...[
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "0",
    "-",
    "+",
    ".",
    "e",
    "E",
    "1e",
    "tru",
    "null",
    "\\u",
    "\\ud800",
  ],
  ...[
    "\\u00zz",
    " ",
    "\t",
    "\n",
    "\r",
    "\v",
    "\f",
    "\u00a0",
    "\ufeff",
    "\u2028",
    "\0",
    "\u001f",
    "\u007f",
    "é",
    "𝄞",
  ],
  ...[
    "'",
    "/*x*/",
    "//",
    "NaN",
    "Infinity",
    "undefined",
    "00",
    "0x1",
    "1.",
    ".5",
    '"a":',
    '"a":1,',
    "[]",
    "{}",
  ],
];

const characters = [
  ...["a", "key", "", " ", "/", "é", "ß", "€", "𝄞", "\u007f", "\u2028", "\uffff", "__proto__"],
  ...[
    '\\"',
    "\\\\",
    "\\/",
    "\\b",
    "\\f",
    "\\n",
    "\\r",
    "\\t",
    "\\u0000",
    "\\u00E9",
    "\\u2029",
    "\\uD834\\udd1e",
  ],
  ...["\\ud800", "\\uDC00", "\\uFFFF"],
];

function value(random: Random, depth: number): string {
  const kinds = depth > 5 ? 5 : 8;
  const kind = random.below(kinds);
  if (kind === 0) return random.of(["null", "true", "false"]);
  if (kind <= 2) return text(random);
  if (kind <= 4) return randomNumber(random);
  const items = Array.from(
    { length: random.below(5) },
    () => space(random) + value(random, depth + 1) + space(random),
  );
  if (kind === 5) return `[${items.length ? items : space(random)}]`;
  return `{${items.length ? items.map((item) => `${space(random)}${name(random)}${space(random)}:${item}`) : space(random)}}`;
}

function text(random: Random): string {
  return `"${Array.from({ length: random.below(6) }, () => random.of(characters)).join("")}"`;
}

function name(random: Random): string {
  return random.once(3) ? text(random) : random.of(['"a"', '"b"', '"\\u0061"', '"0"', '"a.b"']);
}

function space(random: Random): string {
  return random.once(3) ? random.of([" ", "\n", "\t", "\r\n", "  "]) : "";
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.below(10)).join("");
}

function integer(random: Random, count: number): string {
  return random.once(8) ? "0" : `${1 + random.below(9)}${digits(random, count - 1)}`;
}

function exponent(random: Random, limit: number): string {
  return (
    random.of(["e", "E"]) + random.of(["", "+", "-"]) + random.of(["", "0"]) + String(random.below(limit))
  );
}

/** The shortest text of a double of random bits, or that text one digit longer, which is close to a boundary. */
function ofAnyBits(random: Random): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.word());
  view.setUint32(4, random.word());
  const double = view.getFloat64(0);
  if (!Number.isFinite(double)) return "0";
  const shortest = random.once(2) ? String(double) : double.toExponential(17 + random.below(30));
  return shortest.replace(/e|$/, (rest) =>
    shortest.includes(".") ? `${random.of(["", "5", "0", "49", "51"])}${rest}` : rest,
  );
}
