import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maskRecorded } from "./mask.js";
import { maskedNames } from "./masked-names.js";
import type { RecordedExchange, RecordedRequest } from "./recorded.js";

const request = (changes: Partial<RecordedRequest>): RecordedRequest => ({
  method: "POST",
  path: "/",
  authority: "a",
  scheme: "http",
  headers: [],
  body: [],
  trailers: [],
  ...changes,
});

const exchange = (
  changes: Partial<RecordedRequest>,
  others: Partial<RecordedExchange> = {},
): RecordedExchange => ({
  request: request(changes),
  local: false,
  callouts: [],
  began: 0,
  millis: 0,
  ...others,
});

function masked(given: RecordedExchange, { mask = [] as string[], config = "" } = {}) {
  const { recorded, config: rest } = maskRecorded(given, config, maskedNames(mask));
  return { exchange: recorded, config: rest };
}

const headers: [name: string, value: string, expected: string][] = [
  ["authorization", "Bearer abc.def", "Bearer *******"],
  ["authorization", "raw-token", "*********"],
  ["proxy-authorization", "Basic eA==", "Basic ****"],
  ["x-api-key", "k", "*"],
  ["cookie", "a=1; sid=abc123=; b", "a=*; sid=*******; b"],
  ["cookie", "a=c; abc=c0c0", "a=*; abc=****"],
  ["set-cookie", "sid=abcdef; Path=/; Max-Age=5", "sid=******; Path=/; Max-Age=5"],
  ["x-other", "Bearer stays", "Bearer stays"],
];

describe("maskRecorded", () => {
  for (const [name, value, expected] of headers) {
    it(`masks ${name}: ${value}`, () => {
      const result = masked(exchange({ headers: [[name, value]] }));
      assert.deepEqual(result.exchange.request.headers, [[name, expected]]);
    });
  }

  it("masks a secret wherever else it occurs, in every usual form and across the pieces of a body", () => {
    const secret = 'p"ä/ss word';
    const forms = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ];
    const body = Buffer.from(forms.join(" | "));
    const pieces = [body.subarray(0, 5), body.subarray(5, 6), body.subarray(6)];
    const given = exchange(
      { headers: [["x-api-key", secret]], path: `/${encodeURIComponent(secret)}` },
      {
        upstream: { status: 200, headers: [["x-echo", `<${secret}>`]], body: pieces, trailers: [] },
        callouts: [{ cluster: "c", request: request({ trailers: [["x-t", secret]] }), answer: "reset" }],
      },
    );
    const result = masked(given, { config: JSON.stringify({ key: secret }) });
    const text = JSON.stringify(result, (_, value: unknown) =>
      Array.isArray(value) && value.every((each) => Buffer.isBuffer(each))
        ? Buffer.concat(value).toString()
        : value,
    );
    for (const form of forms) assert.ok(!text.includes(form), `${form} in ${text}`);
    const kept = result.exchange.upstream?.body ?? [];
    assert.deepEqual(
      kept.map(({ length }) => length),
      pieces.map(({ length }) => length),
    );
    // What was given is left as it was: the exchange may still be under way to somewhere else.
    assert.ok(Buffer.concat(pieces).includes(secret));
  });

  it("masks the password of basic credentials where a filter has taken it out", () => {
    const credentials = Buffer.from("ada:hunter2").toString("base64");
    const callout = {
      cluster: "c",
      request: request({ body: [Buffer.from("pw=hunter2")] }),
      answer: "reset" as const,
    };
    const result = masked(
      exchange({ headers: [["authorization", `Basic ${credentials}`]] }, { callouts: [callout] }),
    );
    assert.equal(String(result.exchange.callouts[0]?.request.body[0]), "pw=*******");
  });

  it("masks query parameters, form and JSON fields by name, in the configuration too", () => {
    const result = masked(
      exchange({ path: "/?Pin=98765432&b=1", body: [Buffer.from('{"pin": "abcd\\"e", "b": "stays"}')] }),
      { mask: ["PIN"], config: '{"pin":"in-the-config"}' },
    );
    assert.equal(result.exchange.request.path, "/?Pin=********&b=1");
    assert.equal(String(result.exchange.request.body[0]), '{"pin": "*******", "b": "stays"}');
    assert.equal(result.config, '{"pin":"*************"}');
    const form = masked(exchange({ body: [Buffer.from("a=1&pin=abc+def")] }), { mask: ["pin"] });
    assert.equal(String(form.exchange.request.body[0]), "a=1&pin=*******");
  });

  it("does not look for what is in every text", () => {
    const result = masked(
      exchange({ headers: [["cookie", "consent=true; n=1"]], body: [Buffer.from('{"a":true,"b":1}')] }),
    );
    assert.equal(String(result.exchange.request.body[0]), '{"a":true,"b":1}');
    assert.deepEqual(result.exchange.request.headers, [["cookie", "consent=****; n=*"]]);
  });

  it("refuses more secrets than it can look for, and takes its time for no body", () => {
    const many = Object.fromEntries(
      Array.from({ length: 201 }, (_, index) => [`k${index}`, { pin: `value-${index}` }]),
    );
    const body = [Buffer.from(JSON.stringify(many))];
    assert.throws(() => masked(exchange({ body }), { mask: ["pin"] }), {
      message: /more than 200 values to mask/,
    });
    // Each of these took a pattern that goes back over what it has read for ever.
    for (const text of [
      "a=".repeat(100_000),
      '"'.repeat(100_000),
      `${"x:".repeat(100_000)}`,
      "\\".repeat(100_000),
    ])
      masked(exchange({ body: [Buffer.from(`${text} <`)] }), { mask: ["pin"] });
  });
});
