import assert from "node:assert/strict";
import { test } from "node:test";
import { junitReport } from "./junit.js";

test("a suite for each file, a case for each test, and nothing that breaks the XML", () => {
  const report = junitReport("hello", [
    {
      file: "test/a.yaml",
      tests: [
        { path: ["suite", 'says "<hi>" & goes'], passed: true, skipped: false, millis: 1500 },
        { path: ["fails"], passed: false, skipped: false, message: "is \u0000 ]]>\nmore", place: "a:1:2" },
        { path: ["later"], passed: false, skipped: true },
      ],
    },
  ]);
  assert.equal(
    report,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="hello" tests="3" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="test/a.yaml" tests="3" failures="1" errors="0" skipped="1" time="1.500">
    <testcase classname="test/a.yaml" name="suite › says &quot;&lt;hi&gt;&quot; &amp; goes" time="1.500"/>
    <testcase classname="test/a.yaml" name="fails" time="0.000"><failure message="a:1:2: is \u{FFFD} ]]&gt;">a:1:2: is \u{FFFD} ]]&gt;
more</failure></testcase>
    <testcase classname="test/a.yaml" name="later" time="0.000"><skipped/></testcase>
  </testsuite>
</testsuites>
`,
  );
});

test("a lone surrogate is no XML either", () => {
  const report = junitReport("x", [
    { file: "f", tests: [{ path: ["\u{D800}"], passed: true, skipped: false }] },
  ]);
  assert.match(report, /name="\u{FFFD}"/u);
});
