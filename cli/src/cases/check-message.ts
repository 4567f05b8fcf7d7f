import type { HeadersView, HttpCallout, SeenRequest, SeenResponse } from "@meshwasm/sdk/host";
import type { BodyTest, SeenHeadersTest, SeenMessageTest, SeenRequestTest } from "./cases.js";
import { failsText } from "./text-test.js";

/** Something that is not as expected: where in the expectation, and how. */
export interface Mismatch {
  /** Keys from the step's `expect`. */
  path: (string | number)[];
  words: string;
}

/** Compares headers, body and trailers of a message that arrived. */
export function checkMessage(test: SeenMessageTest, seen: SeenRequest | SeenResponse): Mismatch[] {
  return [
    ...checkHeaders("headers", test.headers, seen.headers),
    ...checkBody("body", test.body, seen.body),
    ...checkHeaders("trailers", test.trailers, seen.trailers),
  ];
}

/** Compares bytes, as text unless the test is of bytes. */
export function checkBody(key: string, test: BodyTest | undefined, bytes: Uint8Array): Mismatch[] {
  const seen = Buffer.from(bytes);
  if (typeof test === "object" && test !== null && "base64" in test)
    return checkText(key, test.base64, seen.toString("base64"));
  return checkText(key, test, seen.toString("utf8"));
}

/** Compares a request that arrived at the upstream, or at a cluster. */
export function checkRequest(test: SeenRequestTest, seen: SeenRequest, callout?: HttpCallout): Mismatch[] {
  return [
    ...checkText("cluster", test.cluster, callout?.cluster),
    ...checkText("method", test.method, seen.method),
    ...checkText("path", test.path, seen.path),
    ...checkText("authority", test.authority, seen.authority),
    ...checkMessage(test, seen),
  ];
}

/** One mismatch when a named text fails its test, none when it passes or nothing is expected of it. */
export function checkText(
  key: string,
  test: Parameters<typeof failsText>[0] | undefined,
  actual: string | null | undefined,
): Mismatch[] {
  const words = test === undefined ? undefined : failsText(test, actual);
  return words === undefined ? [] : [{ path: [key], words: `${key} ${words}` }];
}

function checkHeaders(key: string, test: SeenHeadersTest | undefined, seen: HeadersView): Mismatch[] {
  return Object.entries(test ?? {}).flatMap(([name, expected]) => {
    const words = Array.isArray(expected)
      ? failsList(expected.map(String), seen.getAll(name))
      : failsText(expected, seen.get(name));
    return words === undefined ? [] : [{ path: [key, name], words: `${key}.${name} ${words}` }];
  });
}

function failsList(expected: string[], actual: readonly string[]): string | undefined {
  const same = expected.length === actual.length && expected.every((value, index) => value === actual[index]);
  return same ? undefined : `should be ${JSON.stringify(expected)}, is ${JSON.stringify(actual)}`;
}
