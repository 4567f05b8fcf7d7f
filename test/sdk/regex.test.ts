import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { long, Random, seed } from "./random.js";
import { randomPattern, randomSubject } from "./regex-patterns.js";
import { RegexProbe } from "./regex-probe.js";

let probe: RegexProbe;
before(async () => {
  probe = await RegexProbe.load();
});

/** What RegExp says of a pattern; undefined when it is none. */
function nodeRegExp(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

describe("regular expressions agree with RegExp", () => {
  const random = new Random(seed);
  const compare = (flags: string) => {
    const { pattern, repeatsEmpty } = randomPattern(random);
    const expected = nodeRegExp(pattern, `${flags}u`);
    const about = `MESHWASM_SEED=${seed}: /${pattern}/${flags}`;
    const error = probe.compile(pattern, flags);
    assert.equal(error === undefined, expected !== undefined, `${about}: ${error}`);
    if (!expected) return 0;
    const groups = new RegExp(`${pattern}|`, `${flags}u`).exec("")!.length;
    for (let round = 0; round < 8; round++) {
      // V8 finds \B in the middle of a surrogate pair, where no character begins.
      const text = randomSubject(random, pattern).replaceAll(pattern.includes("\\B") ? "𝄞" : "\0", "");
      const on = `${about} on ${JSON.stringify(text)}`;
      const found: RegExpExecArray | null = expected.exec(text);
      assert.equal(probe.test(text), found !== null, on);
      assert.equal(probe.testBytes(Buffer.from(text)), found !== null, `${on} as bytes`);
      const seen = probe.find(text, groups);
      assert.equal(seen !== undefined, found !== null, on);
      if (!seen || !found) continue;
      assert.equal(seen.start, Buffer.byteLength(text.slice(0, found.index)), on);
      if (!repeatsEmpty) assert.deepEqual(seen.groups, [...found], on);
    }
    return 8;
  };
  for (const flags of ["", "s", "m"]) {
    test(`on random patterns and texts${flags && `, with the flag ${flags}`}`, () => {
      let compared = 0;
      for (let round = 0; round < 4_000 * long; round++) compared += compare(flags);
      assert.ok(compared > 20_000, `only ${compared}`);
    });
  }

  test("without regard to the case of ASCII", () => {
    for (const pattern of ["a[b-y]z", "[^a]", "HELLO", "x\\u0041", "[Z-a]", "\\w"]) {
      assert.equal(probe.compile(pattern, "i"), undefined);
      for (const text of ["ABZ", "aBz", "A", "b", "hello", "Xa", "`", "é", "É", "z", "[", "k", "K"]) {
        assert.equal(probe.test(text), new RegExp(pattern, "i").test(text), `/${pattern}/i on ${text}`);
      }
    }
  });

  test("replacing, with groups by number and name", () => {
    const cases: [pattern: string, text: string, replacement: string][] = [
      ["(\\w+) (\\w+)", "hello world, good bye", "$2 $1"],
      ["(?<y>\\d{4})-(?<m>\\d\\d)", "on 2026-11-21 and 2025-01-02", "$<m>/$<y>"],
      ["a*", "baac", "[$&]"],
      ["", "a𝄞é", "-"],
      ["(a)|(b)", "ab", "<$1$2$3$0$$$>"],
      ["x", "no", "$&"],
      ["^/old/", "/old/a/old/", "/new/"],
      ["(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)", "abcdefghij", "$10$1$11$01"],
    ];
    for (const [pattern, text, replacement] of cases) {
      assert.equal(probe.compile(pattern), undefined, pattern);
      const expected = text.replace(new RegExp(pattern, "gu"), replacement.replaceAll("$01", "$$01"));
      assert.equal(probe.replaceAll(text, replacement.replaceAll("$01", "$$01")), expected, pattern);
    }
  });
});

test("what is no UTF-8 counts as U+FFFD, and hides nothing", () => {
  assert.equal(probe.compile("^a.*attack$"), undefined);
  for (const hex of ["ff", "c0af", "eda080", "f4bfbfbf", "e282"]) {
    assert.ok(
      probe.testBytes(Buffer.concat([Buffer.from("a"), Buffer.from(hex, "hex"), Buffer.from("attack")])),
      hex,
    );
  }
  assert.equal(probe.compile("^\\ufffd{2}$"), undefined);
  assert.ok(probe.testBytes(Buffer.from("c0af", "hex")));
});

describe("what is no pattern is an error with its place", () => {
  const cases: [pattern: string, error: string][] = [
    ["a(b", "1: '(' without ')'"],
    ["ab)", "2: ')' without '('"],
    ["a[b", "1: '[' without ']'"],
    ["*a", "0: there is nothing to repeat"],
    ["a**", "2: there is nothing to repeat"],
    ["^*", "1: there is nothing to repeat"],
    ["a{3,2}", "1: the counts are out of order"],
    ["a{1001}", "2: more than 1000 repetitions"],
    ["a{", "2: expected a count"],
    ["a]", "1: ']' without '['"],
    ["[b-a]", "2: the range is out of order"],
    ["[\\w-a]", "2: a class cannot be the end of a range"],
    ["(a)\\1", "3: back-references are not supported"],
    ["(?<x>a)\\k<x>", "7: back-references are not supported"],
    ["a(?=b)", "1: looking ahead is not supported"],
    ["a(?!b)", "1: looking ahead is not supported"],
    ["(?<=a)b", "0: looking behind is not supported"],
    ["\\p{L}", "0: Unicode properties are not supported"],
    ["\\q", "0: no such escape"],
    ["a\\", "1: the pattern ends in an escape"],
    ["\\u{110000}", "0: no such code point"],
    ["\\xg0", "0: expected hexadecimal digits"],
    ["(?<a>.)(?<a>.)", "10: there are two groups of this name"],
    ["(?i)a", "0: no such group"],
    ["(((a{100}){100}){100})", "0: the pattern is too large"],
    [`${"(?:".repeat(65)}a${")".repeat(65)}`, "192: groups are nested more than 64 deep"],
    ["()".repeat(32), "62: more than 31 groups: use (?: where none is read"],
  ];
  for (const [pattern, error] of cases) {
    test(pattern.slice(0, 30), () => {
      assert.equal(probe.compile(pattern), error);
      assert.equal(probe.test("a"), false);
      assert.equal(probe.find("a", 1), undefined);
    });
  }

  test("a flag that is none", () => assert.equal(probe.compile("a", "g"), "0: there is no such flag: g"));

  test("random text is a pattern where RegExp says so, or has what is not supported", () => {
    const random = new Random(seed);
    const pieces = [
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      "*",
      "+",
      "?",
      "|",
      "^",
      "$",
      "\\",
      "-",
      ",",
      "1",
      "a",
      ".",
      ":",
      "<",
      "=",
      "!",
      "u",
      "x",
    ];
    for (let round = 0; round < 20_000 * long; round++) {
      const pattern = Array.from({ length: random.below(8) }, () => random.of(pieces)).join("");
      const error = probe.compile(pattern);
      if (error?.includes("not supported") || error?.includes("ASCII letters")) continue;
      const valid = nodeRegExp(pattern, "u") !== undefined;
      assert.equal(error === undefined, valid, `MESHWASM_SEED=${seed}: /${pattern}/: ${error}`);
    }
  });
});

describe("the work grows with the text and not faster", () => {
  // Each of them takes a backtracking matcher forever.
  const cases: [pattern: string, text: (length: number) => string][] = [
    ["^(a+)+$", (length) => `${"a".repeat(length)}b`],
    ["^(a|aa)+$", (length) => `${"a".repeat(length)}b`],
    ["(x+x+)+y", (length) => "x".repeat(length)],
    ["(.*)(.*)(.*)(.*)(.*)[^a]$", (length) => "a".repeat(length)],
    ["\\b(a*)*\\b!", (length) => "a".repeat(length)],
    ["^(\\w+\\s?)*$", (length) => `${"word ".repeat(length / 5)}!`],
    ["(a?){20}a{20}", (length) => "a".repeat(length)],
    ["[ab]*a[ab]{12}c", (length) => "abaabbba".repeat(length / 8)],
  ];
  for (const [pattern, text] of cases) {
    test(pattern, () => {
      const work = (length: number) => {
        assert.equal(probe.compile(pattern), undefined);
        probe.test(text(length));
        probe.find(text(length), 1);
        return Number(probe.steps);
      };
      const [small, large] = [work(2_000), work(16_000)];
      assert.ok(small >= 2_000, `${small} steps`);
      assert.ok(
        large <= small * 8 * 1.25 + 10_000,
        `${small} steps for 2,000 characters, ${large} for 16,000`,
      );
    });
  }
});
