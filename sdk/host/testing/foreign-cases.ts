import { createSign, generateKeyPairSync } from "node:crypto";
import { deflateSync } from "node:zlib";
import { FILTER_STATE } from "../foreign/envoy-functions.js";
import { encodeProtobuf } from "../foreign/protobuf.js";
import type { AgreementCase } from "./agreement.js";
import type { ProbeStep } from "./probe.js";

const foreign = (name: string, argument: Uint8Array, quiet = false): ProbeStep => ({
  do: "foreign",
  name,
  argument,
  quiet,
});

// A key for every run: only what is logged about it is compared.
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
const der = publicKey.export({ type: "spki", format: "der" });
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const signature = createSign("sha256").update("text").sign(privateKey);

const check = (
  hash: string,
  text: string,
  more: readonly (readonly [number, string | Buffer])[],
  quiet = false,
) => foreign("verify_signature", encodeProtobuf([[1, hash], [3, signature], [4, text], ...more]), quiet);
const declare = (name: string, once: boolean) =>
  foreign(
    "declare_property",
    encodeProtobuf([
      [1, name],
      [2, once],
    ]),
  );
const state = (name: string, value: string) =>
  foreign(
    "set_envoy_filter_state",
    encodeProtobuf([
      [1, name],
      [2, value],
    ]),
  );

const OK = { body: "body" };

export const FOREIGN_CASES: readonly AgreementCase[] = [
  {
    name: "foreign functions: compressing and signatures",
    probe: {
      request_headers: {
        steps: [
          foreign("uncompress", deflateSync("hello hello hello hello")),
          foreign("uncompress", deflateSync("")),
          foreign("uncompress", Buffer.from("no zlib")),
          foreign("uncompress", deflateSync("hello").subarray(0, 9)),
          foreign("compress", Buffer.from("x"), true),
          check("sha256", "text", [[5, pem]]),
          check("sha256", "text", [[2, der]]),
          check("SHA256", "text", [[2, der]]),
          check("sha256", "other", [[5, pem]]),
          check("md5", "text", [[5, pem]]),
          check("sha256", "text", [
            [5, pem],
            [2, der],
          ]),
          check("sha256", "text", []),
          check("sha256", "text", [[5, "no key"]]),
          foreign("verify_signature", Buffer.from([0x0a, 9])),
          foreign(
            "sign",
            encodeProtobuf([
              [1, "sha256"],
              [3, "text"],
              [4, privatePem],
            ]),
            true,
          ),
          foreign(
            "sign",
            encodeProtobuf([
              [1, "md5"],
              [3, "text"],
              [4, privatePem],
            ]),
          ),
          foreign(
            "sign",
            encodeProtobuf([
              [1, "sha256"],
              [3, "text"],
            ]),
          ),
        ],
      },
      delete: {},
    },
    response: OK,
  },
  {
    name: "foreign functions: properties and filter state",
    probe: {
      configure: { steps: [declare("once", true), declare("once", false), declare("often", false)] },
      request_headers: {
        steps: [
          declare("mine", true),
          { do: "setProperty", path: "mine", value: "1" },
          { do: "setProperty", path: "mine", value: "2" },
          { do: "property", path: ["mine"] },
          { do: "setProperty", path: "once", value: "1" },
          { do: "setProperty", path: "once", value: "2" },
          { do: "property", path: ["once"] },
          { do: "setProperty", path: "often", value: "1" },
          { do: "setProperty", path: "often", value: "2" },
          { do: "property", path: ["often"] },
          foreign("declare_property", Buffer.from([0x0a, 9])),
          foreign("set_envoy_filter_state", Buffer.from([0x0a, 9])),
          state("no.such.object", "x"),
          ...[...FILTER_STATE].map((name) => state(name, /ip$|address$/.test(name) ? "1.2.3.4:5" : "1")),
        ],
      },
      delete: {},
    },
    response: OK,
  },
];
