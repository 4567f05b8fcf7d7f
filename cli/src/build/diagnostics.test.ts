import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDiagnostic, readDiagnostic } from "./diagnostics.js";

const raw = (more: object) => ({
  category: 3,
  code: 2304,
  message: "Cannot find name 'x'.",
  range: null,
  ...more,
});
const range = { source: { normalizedPath: "assembly/a (b).ts" } };

test("line and column are those that asc printed for it, the first of two places", () => {
  const printed =
    "ERROR TS2304: Cannot find name 'x'.\n 7 │ x\n   │ ~\n   └─ in assembly/a (b).ts(7,12)\n" +
    " 1 │ y\n   └─ in assembly/c.ts(1,1)\n";
  const found = readDiagnostic(raw({ range }), printed);
  assert.equal(formatDiagnostic(found), "assembly/a (b).ts:7:12: Cannot find name 'x'. (TS2304)");
  assert.equal(found.severity, "error");
});

test("without a printed place it is the beginning of the file, without a range no place at all", () => {
  assert.match(formatDiagnostic(readDiagnostic(raw({ range }), "")), /^assembly\/a \(b\)\.ts:1:1: /);
  const warning = readDiagnostic(raw({ category: 2, code: 201 }), "");
  assert.equal(formatDiagnostic(warning), "Cannot find name 'x'. (AS201)");
  assert.equal(warning.severity, "warning");
});
