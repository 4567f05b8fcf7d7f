import type { TestEnd } from "./test-end.js";

/** The tests of one file. */
export interface TestedFile {
  /** From the filter's folder. */
  file: string;
  tests: readonly TestEnd[];
}

/**
 * A JUnit report, in the form that CI servers read: a suite for each file, a case for each test.
 * There is no standard; this follows the schema of Apache Ant's task and Jenkins' plugin for it.
 */
export function junitReport(name: string, files: readonly TestedFile[]): string {
  const suites = files.map(({ file, tests }) => {
    const cases = tests.map((test) => testCase(file, test)).join("");
    return `  <testsuite name="${attribute(file)}" ${counts(tests)}>\n${cases}  </testsuite>\n`;
  });
  const all = files.flatMap(({ tests }) => tests);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${attribute(name)}" ${counts(all)}>\n${suites.join("")}</testsuites>\n`;
}

function counts(tests: readonly TestEnd[]): string {
  const failures = tests.filter(({ passed, skipped }) => !passed && !skipped).length;
  const skipped = tests.filter((test) => test.skipped).length;
  const millis = tests.reduce((sum, test) => sum + (test.millis ?? 0), 0);
  return `tests="${tests.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(millis)}"`;
}

function testCase(file: string, { path, passed, skipped, millis = 0, message = "", place }: TestEnd): string {
  const opening = `    <testcase classname="${attribute(file)}" name="${attribute(path.join(" › "))}" time="${seconds(millis)}"`;
  if (skipped) return `${opening}><skipped/></testcase>\n`;
  if (passed) return `${opening}/>\n`;
  const words = place === undefined ? message : `${place}: ${message}`;
  const first = words.split("\n", 1)[0] ?? "";
  return `${opening}><failure message="${attribute(first)}">${text(words)}</failure></testcase>\n`;
}

const seconds = (millis: number) => (millis / 1000).toFixed(3);

/** What XML 1.0 cannot hold at all, however it is written. https://www.w3.org/TR/xml/#charsets */
const unfit = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function text(words: string): string {
  return words
    .replace(unfit, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function attribute(words: string): string {
  return text(words)
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\r", "&#13;");
}
