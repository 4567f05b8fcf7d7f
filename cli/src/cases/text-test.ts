import { isDeepStrictEqual } from "node:util";
import type { TextTest } from "./cases.js";

/** How `actual` fails the test, in words; undefined when it passes. */
export function failsText(test: TextTest, actual: string | null | undefined): string | undefined {
  const there = actual ?? null;
  if (test === null) return there === null ? undefined : `should be absent, is ${quote(there)}`;
  if (typeof test !== "object") {
    return there === String(test) ? undefined : `should be ${quote(String(test))}, is ${quote(there)}`;
  }
  if ("present" in test) {
    if (test.present === (there !== null)) return undefined;
    return test.present ? "should be there, is absent" : `should be absent, is ${quote(there)}`;
  }
  if (there === null) return "should be there, is absent";
  if ("contains" in test) {
    return there.includes(test.contains)
      ? undefined
      : `should contain ${quote(test.contains)}, is ${quote(there)}`;
  }
  if ("matches" in test) {
    return new RegExp(test.matches, "u").test(there)
      ? undefined
      : `should match /${test.matches}/, is ${quote(there)}`;
  }
  return failsJson(test.json, there);
}

function failsJson(expected: unknown, text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `should be JSON, is ${quote(text)}`;
  }
  return isDeepStrictEqual(value, expected)
    ? undefined
    : `should be ${JSON.stringify(expected)}, is ${JSON.stringify(value)}`;
}

/** A value for a message, cut when it is long. */
function quote(text: string | null): string {
  if (text === null) return "absent";
  const shown = JSON.stringify(text);
  return shown.length > 300 ? `${shown.slice(0, 300)}… (${text.length} characters)` : shown;
}
