import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatHostPort, parseListen, parseUpstream } from "./endpoint.js";

describe("parseListen", () => {
  it("reads its forms", () => {
    for (const [text, host, port] of [
      ["8080", "127.0.0.1", 8080],
      [":0", "127.0.0.1", 0],
      ["localhost:1", "127.0.0.1", 1],
      ["0.0.0.0:65535", "0.0.0.0", 65_535],
      ["[::1]:80", "::1", 80],
    ] as const) {
      assert.deepEqual(parseListen(text), { host, port }, text);
    }
  });

  it("refuses the rest", () => {
    for (const text of ["", "example.com:80", "127.0.0.1", "127.0.0.1:65536", "::1:80x", "a:b:c"]) {
      assert.throws(() => parseListen(text), { code: "USAGE", exitCode: 2 }, text);
    }
  });
});

describe("parseUpstream", () => {
  it("reads its forms", () => {
    for (const [text, expected] of [
      ["http://127.0.0.1:3000", { host: "127.0.0.1", port: 3000, tls: false }],
      ["http://localhost", { host: "localhost", port: 80, tls: false }],
      ["127.0.0.1:9", { host: "127.0.0.1", port: 9, tls: false }],
      ["tcp://db.test:5432", { host: "db.test", port: 5432, tls: false }],
      ["http://[::1]:80/", { host: "::1", port: 80, tls: false }],
      ["https://example.test", { host: "example.test", port: 443, tls: true, rewriteHost: "example.test" }],
      [
        "http://example.test:81",
        { host: "example.test", port: 81, tls: false, rewriteHost: "example.test:81" },
      ],
    ] as const) {
      assert.deepEqual(parseUpstream(text), expected, text);
    }
  });

  it("refuses the rest with a reason", () => {
    for (const [text, message] of [
      ["http://", /is not a URL/],
      ["ftp://host:1", /only http/],
      ["http://host/path", /has a path/],
      ["http://user:word@host", /credentials/],
      ["tcp://host", /has no port/],
      ["host", /has no port/],
    ] as const) {
      assert.throws(() => parseUpstream(text), { code: "USAGE", message }, text);
    }
  });
});

it("formatHostPort puts brackets around IPv6", () => {
  assert.equal(formatHostPort({ host: "::1", port: 1 }), "[::1]:1");
  assert.equal(formatHostPort({ host: "127.0.0.1", port: 1 }), "127.0.0.1:1");
});
