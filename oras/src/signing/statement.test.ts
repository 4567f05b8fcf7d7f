import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeJson } from "../json.js";
import { encodeStatement, parseStatement } from "./statement.js";

const hex = "a".repeat(64);
const subject = { digest: { sha256: hex } };
const statement = { _type: "https://in-toto.io/Statement/v1", predicateType: "t", subject: [subject] };

test("what is written is read back", () => {
  const bytes = encodeStatement({ digest: `sha256:${hex}`, name: "hello" }, "https://example.com/t", {
    a: 1,
  });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)).subject, [{ name: "hello", ...subject }]);
  assert.deepEqual(parseStatement(bytes), {
    predicateType: "https://example.com/t",
    predicate: { a: 1 },
    subjects: [`sha256:${hex}`],
  });
  assert.throws(() => encodeStatement({ digest: "latest" }, "t", {}), { code: "REFERENCE_INVALID" });
});

test("the older version and all subjects are read", () => {
  const two = {
    ...statement,
    _type: "https://in-toto.io/Statement/v0.1",
    subject: [subject, { digest: { sha512: "b" } }],
  };
  assert.deepEqual(parseStatement(encodeJson(two)).subjects, [`sha256:${hex}`, "sha512:b"]);
});

test("what is no statement is refused", () => {
  const table: [object, RegExp][] = [
    [[], /statement/],
    [{ ...statement, _type: "https://example.com" }, /no in-toto statement/],
    [{ ...statement, predicateType: 1 }, /no predicateType/],
    [{ ...statement, subject: [] }, /no subject/],
    [{ ...statement, subject: "x" }, /no subject/],
    [{ ...statement, subject: [{}] }, /digest/],
    [{ ...statement, subject: [null] }, /subject/],
    [{ ...statement, subject: Array.from({ length: 1025 }, () => subject) }, /1025 subjects/],
  ];
  for (const [value, message] of table) assert.throws(() => parseStatement(encodeJson(value)), { message });
});
