import { createSign, generateKeyPairSync } from "node:crypto";
import { deflateSync } from "node:zlib";
import { encodeProtobuf } from "../../../sdk/host/foreign/protobuf.js";
import type { Script, Step } from "../script.js";
import { GET, POST } from "./messages.js";

const property = (path: string): Step => ["get_property", path.replaceAll(".", "\0")];
const foreign = (name: string, argument: Uint8Array | string): Step => [
  "call_foreign_function",
  name,
  argument,
];
const declare = (name: string, readOnly: boolean) =>
  foreign(
    "declare_property",
    encodeProtobuf([
      [1, name],
      [2, readOnly],
    ]),
  );

const DYNAMIC_METADATA: readonly Step[] = [
  "metadata",
  "metadata.filter_metadata",
  "metadata.filter_metadata.none",
  "metadata.filter_metadata.none.more",
  "metadata.typed_filter_metadata",
  "metadata.none",
].map(property);

// A key for every run: nothing of it is in a transcript, only what comes of it.
const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
const wrong = createSign("sha256").update("text").sign(privateKey);

/** Section 6: properties, and the foreign functions, some of which are about properties. */
export const PROPERTY_SCRIPTS: readonly Script[] = [
  {
    name: "the properties of a request are gone with its headers, and back in the access log",
    does: {
      request_headers: { steps: [property("request.path"), property("request.headers.x-a")] },
      request_body: { steps: [property("request.path"), property("request.size")] },
      response_headers: { steps: [property("request.path"), property("request.protocol")] },
      log: { steps: [property("request.path"), property("request.headers.x-a"), property("request.size")] },
    },
    exchanges: [{ ...POST, path: "/a/b?c=d" }],
  },
  {
    name: "the parts of a path, and headers that have properties of their own",
    does: {
      request_headers: {
        steps: "path url_path query host method scheme referer useragent id"
          .split(" ")
          .map((name) => property(`request.${name}`)),
      },
    },
    exchanges: [
      {
        path: "/with?q=1&r=a%20b?c",
        headers: [
          ["referer", "http://r.test/"],
          ["user-agent", "probe/1"],
          ["x-request-id", "an-id"],
        ],
      },
    ],
  },
  {
    name: "a header that repeats is joined in its property",
    does: {
      request_headers: {
        steps: [property("request.headers.x-a"), ["get_property", "request\0headers\0X-A"]],
      },
    },
    exchanges: [
      {
        headers: [
          ["x-a", "1"],
          ["x-a", "2"],
        ],
      },
    ],
  },
  {
    name: "properties that have fields have no bytes, a path that goes on after a value finds nothing",
    does: {
      request_headers: {
        steps: [
          property("request"),
          property("response"),
          property("connection"),
          property("source"),
          property("request.path.more"),
          ["get_property", "request\0path\0"],
          ["get_property", "\0request"],
        ],
      },
    },
  },
  {
    name: "numbers are eight bytes, truths are one",
    does: {
      log: {
        steps: [
          property("response.code"),
          property("response.size"),
          property("request.size"),
          property("connection.mtls"),
          property("response.flags"),
          property("request.total_size"),
          property("response.total_size"),
        ],
      },
    },
    exchanges: [POST],
  },
  {
    name: "metadata: numbers are doubles, lists and objects are pairs, messages are protobuf, and what has a null in it has no bytes",
    does: {
      request_headers: {
        steps: [
          property("xds.filter_chain_name"),
          property("xds.listener_metadata"),
          property("xds.listener_metadata.filter_metadata"),
          property("xds.listener_metadata.filter_metadata.judge.owner"),
          ..."text number whole yes nothing nothing.more list list.0 list.1 list.2 list.3 list.3.c list.4 list.x"
            .concat(
              " empty one one.key one.key.inside one.other broken broken.list broken.list.0 text.more none",
            )
            .split(" ")
            .map((name) => property(`xds.route_metadata.filter_metadata.judge.${name}`)),
        ],
      },
    },
  },
  {
    name: "dynamic metadata is there, and empty",
    does: {
      request_headers: { steps: DYNAMIC_METADATA },
      log: { steps: DYNAMIC_METADATA },
    },
  },
  {
    name: "dynamic metadata of a connection is there, and empty",
    does: { new_connection: { steps: DYNAMIC_METADATA } },
    connections: [{ send: "hello", finish: "end" }],
  },
  {
    name: "what a filter sets lives as long as the stream, and another stream has none of it",
    does: {
      request_headers: [
        { steps: [["set_property", "mine", "1"], property("mine"), property("filter_state.wasm.mine")] },
        { steps: [property("mine")] },
      ],
      log: { steps: [property("mine"), ["set_property", "mine", "2"], property("mine")] },
    },
    exchanges: [GET, GET],
  },
  {
    name: "what cannot be set: a property outside a stream",
    does: { configure: { steps: [["set_property", "mine", "1"], property("mine")] } },
  },
  {
    name: "declared properties: read-only ones are set once",
    does: {
      configure: { steps: [declare("once", true), declare("once", true), declare("often", false)] },
      request_headers: {
        steps: [
          ["set_property", "once", "1"],
          ["set_property", "once", "2"],
          property("once"),
          ["set_property", "often", "1"],
          ["set_property", "often", "2"],
          property("often"),
          foreign("declare_property", Buffer.from([0x0a, 9])),
        ],
      },
    },
  },
  {
    name: "filter state of Envoy's own: unknown objects are not found",
    does: {
      request_headers: {
        steps: [
          foreign("set_envoy_filter_state", Buffer.from([0x0a, 9])),
          foreign(
            "set_envoy_filter_state",
            encodeProtobuf([
              [1, "no.such.object"],
              [2, "x"],
            ]),
          ),
          foreign(
            "set_envoy_filter_state",
            encodeProtobuf([
              [1, "envoy.network.upstream_server_name"],
              [2, "a.test"],
            ]),
          ),
        ],
      },
    },
  },
  {
    name: "foreign functions: compressing",
    does: {
      request_headers: {
        steps: [
          foreign("uncompress", deflateSync("hello hello hello hello")),
          foreign("uncompress", deflateSync("")),
          foreign("uncompress", deflateSync("hello").subarray(0, 9)),
          foreign("uncompress", ""),
        ],
      },
    },
  },
  {
    name: "foreign functions: signatures that are wrong, and what is no key",
    does: {
      request_headers: {
        steps: [
          foreign(
            "verify_signature",
            encodeProtobuf([
              [1, "sha256"],
              [3, wrong],
              [4, "text"],
              [5, pem],
            ]),
          ),
          foreign(
            "verify_signature",
            encodeProtobuf([
              [1, "sha256"],
              [3, wrong],
              [4, "text"],
              [5, "no key"],
            ]),
          ),
          foreign("verify_signature", Buffer.from([0x0a, 9])),
          foreign(
            "sign",
            encodeProtobuf([
              [1, "sha256"],
              [3, "text"],
            ]),
          ),
        ],
      },
    },
  },
];
