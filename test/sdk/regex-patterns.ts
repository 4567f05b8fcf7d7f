import type { Random } from "./random.js";

export interface RandomPattern {
  pattern: string;
  /** Whether a repetition of what may be empty is in it: what is found may then differ from what RegExp finds. */
  repeatsEmpty: boolean;
}

/** A random pattern of the kind that the matcher knows. */
export function randomPattern(random: Random): RandomPattern {
  const state = { repeatsEmpty: false };
  const { text } = choice(random, 0, state);
  return { pattern: text, ...state };
}

/**
 * A text that patterns of these characters are likely to be found in. A long one only for a pattern that repeats no
 * group: RegExp, the judge, takes exponential time on some of those.
 */
export function randomSubject(random: Random, pattern: string): string {
  const isTame = !/\)[*+?{]/.test(pattern);
  const length = isTame && random.once(20) ? random.below(200) : random.below(10);
  return Array.from({ length }, () => random.of(characters)).join("");
}

const characters = [
  "a",
  "a",
  "b",
  "b",
  "c",
  "A",
  "1",
  "_",
  " ",
  "\n",
  "-",
  "é",
  "€",
  "𝄞",
  "\u2028",
  "\ufffd",
];
const atoms = [
  "a",
  "b",
  "c",
  "ab",
  "é",
  "€",
  "𝄞",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "\\W",
  "\\D",
  "\\S",
  "-",
  "\\.",
  "\\n",
];
const more = [
  "\\x61",
  "\\u0062",
  "\\u{63}",
  "\\u{1d11e}",
  "\\ud834\\udd1e",
  "\\t",
  "\\/",
  "\\cJ",
  "\\0",
  "\\u20ac",
];
const items = [
  "a",
  "b-c",
  "\\d",
  "\\w",
  "\\s",
  "é",
  "€-𝄞",
  "\\-",
  "\\]",
  "a-z",
  "\\u{80}-\\u{7ff}",
  "\\W",
  "\\b",
  "^",
  ".",
];

interface Part {
  text: string;
  canBeEmpty: boolean;
}

function choice(random: Random, depth: number, state: { repeatsEmpty: boolean }): Part {
  const parts = Array.from({ length: random.once(3) ? 1 + random.below(3) : 1 }, () =>
    sequence(random, depth, state),
  );
  return {
    text: parts.map(({ text }) => text).join("|"),
    canBeEmpty: parts.some(({ canBeEmpty }) => canBeEmpty),
  };
}

function sequence(random: Random, depth: number, state: { repeatsEmpty: boolean }): Part {
  const parts = Array.from({ length: random.below(4) }, () => term(random, depth, state));
  return {
    text: parts.map(({ text }) => text).join(""),
    canBeEmpty: parts.every(({ canBeEmpty }) => canBeEmpty),
  };
}

function term(random: Random, depth: number, state: { repeatsEmpty: boolean }): Part {
  if (random.once(12)) return { text: random.of(["^", "$", "\\b", "\\B"]), canBeEmpty: true };
  const inner = atom(random, depth, state);
  if (random.once(2)) return inner;
  const quantifier = random.of(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "{0}"]);
  if (inner.canBeEmpty) state.repeatsEmpty = true;
  const canBeEmpty = inner.canBeEmpty || /^(?:[*?]|\{0)/.test(quantifier);
  return { text: `${inner.text}${quantifier}${random.once(3) ? "?" : ""}`, canBeEmpty };
}

function atom(random: Random, depth: number, state: { repeatsEmpty: boolean }): Part {
  if (depth < 3 && random.once(4)) {
    const { text, canBeEmpty } = choice(random, depth + 1, state);
    return { text: `${random.of(["(", "(?:"])}${text})`, canBeEmpty };
  }
  if (random.once(4)) {
    const inside = Array.from({ length: random.below(4) }, () => random.of(items)).join("");
    return { text: `[${random.once(3) ? "^" : ""}${inside}]`, canBeEmpty: false };
  }
  return { text: random.of(random.once(4) ? more : atoms).replace(/^ab$/, "(?:ab)"), canBeEmpty: false };
}
