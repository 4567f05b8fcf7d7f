import { createSign, generateKeyPairSync } from "node:crypto";
import type { HttpCase } from "./http-case.js";

// A key for every run: what is asserted does not depend on it.
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const config = JSON.stringify({
  pem: publicKey.export({ type: "spki", format: "pem" }),
  der: publicKey.export({ type: "spki", format: "der" }).toString("hex"),
  signature: createSign("sha256").update("the text").sign(privateKey).toString("hex"),
});

/** What test/e2e/filters/foreign must do: Envoy's own functions. */
export const foreignCases: HttpCase[] = [
  {
    name: "compresses and uncompresses",
    config,
    request: { path: "/compress" },
    expect: {
      status: 200,
      upstream: { "x-smaller": ["yes"], "x-back": ["hello hello hello hello"], "x-none": ["null 3"] },
    },
  },
  {
    name: "sets filter state of Envoy's",
    config,
    request: { path: "/state" },
    expect: { status: 200, upstream: { "x-set": ["0 1"] } },
  },
  {
    name: "declares a property that can be set once",
    config,
    request: { path: "/declare" },
    expect: { status: 200, upstream: { "x-declared": ["0 2"], "x-set": ["0 2"], "x-once": ["one"] } },
  },
  {
    name: "verifies signatures",
    config,
    request: { path: "/verify" },
    expect: {
      status: 200,
      upstream: {
        "x-valid": ["yes yes"],
        "x-other": ["no Failed to verify digest. Error code: 0"],
        "x-hash": ["md5 is not supported."],
        "x-no-key": ["2"],
      },
    },
  },
  {
    name: "clears the route cache",
    config,
    request: { path: "/route" },
    expect: { status: 200, upstreamPath: "/elsewhere", upstream: { "x-cleared": ["0"] } },
  },
  {
    name: "evaluates expressions",
    config,
    request: { path: "/expression", headers: [["x-name", "me"]] },
    expect: {
      status: 200,
      upstream: {
        "x-bool": ["yes no"],
        "x-int": ["11"],
        "x-text": ["me!"],
        "x-absent-is": ["null 10"],
        "x-malformed": ["2"],
        "x-deleted": ["0 -1"],
      },
    },
  },
  {
    name: "is told that a function does not exist",
    config,
    request: { path: "/unknown" },
    expect: { status: 200, upstream: { "x-unknown": ["null, NotFound"] } },
  },
];
