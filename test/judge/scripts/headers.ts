import { encodePairs } from "../../../sdk/host/headers/pairs.js";
import type { Script, Step } from "../script.js";
import { GET, POST, WHOLE } from "./messages.js";

const REPEATING: readonly (readonly [string, string])[] = [
  ["x-a", "1"],
  ["x-b", "1"],
  ["X-A", "2"],
  ["x-b", "2"],
];
const shuffle = (map: number): Step[] => [
  ["add_header_map_value", map, "X-Twice", "1"],
  ["add_header_map_value", map, "x-between", "-"],
  ["add_header_map_value", map, "x-twice", "2"],
  ["get_header_map_value", map, "x-TWICE"],
  ["add_header_map_value", map, "cache-control", "no-store"],
  ["add_header_map_value", map, "cache-control", "max-age=1"],
  ["get_header_map_value", map, "cache-control"],
  ["replace_header_map_value", map, "x-a", "replaced"],
  ["add_header_map_value", map, "x-empty", ""],
  ["get_header_map_value", map, "x-empty"],
  ["remove_header_map_value", map, "x-b"],
  ["remove_header_map_value", map, "x-never"],
  ["replace_header_map_value", map, "x-new", "new"],
  ["add_header_map_value", map, "x-bytes", Buffer.from([0x63, 0xe9])],
  ["get_header_map_value", map, "x-bytes"],
  ["get_header_map_pairs", map],
];
/** Pairs of that many bytes altogether: what surrounds the one value is 16 bytes. */
const pairsOf = (bytes: number) => encodePairs([["x", "v".repeat(bytes - 4 - 8 - 3)]]);
const tooMany = Array.from({ length: 1025 }, (_, index) => [`x-${index}`, "1"] as const);

/** Section 6, headers: names, order, what repeats, what is too much. */
export const HEADER_SCRIPTS: readonly Script[] = [
  {
    name: "request headers: names in lower case, add is a second entry, get the first, replace and remove all",
    does: { request_headers: { steps: shuffle(0) } },
    exchanges: [{ ...GET, headers: REPEATING }],
  },
  {
    name: "response headers: the same",
    does: { response_headers: { steps: shuffle(2) } },
    exchanges: [{ response: { headers: REPEATING, body: "x" } }],
  },
  {
    name: "request trailers: the same",
    does: { request_trailers: { steps: shuffle(1) } },
    exchanges: [{ ...WHOLE, trailers: REPEATING }],
  },
  {
    name: "response trailers: the same",
    does: { response_trailers: { steps: shuffle(3) } },
    exchanges: [{ ...WHOLE, response: { body: ["x"], trailers: REPEATING } }],
  },
  {
    name: "pseudo-headers of a request are entries like others, and host is the authority",
    does: {
      request_headers: {
        steps: [
          ["get_header_map_value", 0, ":method"],
          ["get_header_map_value", 0, ":scheme"],
          ["get_header_map_value", 0, "host"],
          ["replace_header_map_value", 0, "host", "b.test"],
          ["get_header_map_value", 0, ":authority"],
          ["replace_header_map_value", 0, ":method", "OPTIONS"],
          ["replace_header_map_value", 0, ":path", "/elsewhere?x=1"],
          ["get_header_map_pairs", 0],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "the status of a response can be changed before it goes out",
    does: {
      response_headers: {
        steps: [
          ["replace_header_map_value", 2, ":status", "299"],
          ["get_property", "response\0code"],
          ["get_header_map_pairs", 2],
        ],
      },
      log: { steps: [["get_property", "response\0code"]] },
    },
    exchanges: [GET],
  },
  {
    name: "setting all pairs keeps their order and takes everything else away",
    does: {
      response_headers: {
        steps: [
          [
            "set_header_map_pairs",
            2,
            [
              ["x-1", "a"],
              [":status", "201"],
              ["X-1", "b"],
              ["content-length", "6"],
            ],
          ],
          ["get_header_map_pairs", 2],
          ["get_header_map_size", 2],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "malformed pairs are an empty list, and Ok",
    does: {
      response_trailers: {
        steps: [
          ["set_header_map_pairs", 3, Buffer.from([2, 0, 0, 0, 1])],
          ["get_header_map_pairs", 3],
          ["add_header_map_value", 3, "x-after", "1"],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "over 1024 pairs are an empty list, and Ok",
    does: {
      response_trailers: {
        steps: [
          ["set_header_map_pairs", 3, tooMany],
          ["get_header_map_pairs", 3],
          ["set_header_map_pairs", 3, tooMany.slice(0, 40)],
          ["get_header_map_size", 3],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "over 1 MiB of pairs are an empty list, and Ok; 1 MiB is not too much",
    does: {
      response_trailers: {
        steps: [
          ["set_header_map_pairs", 3, pairsOf(1024 * 1024)],
          ["get_header_map_size", 3],
          ["set_header_map_pairs", 3, pairsOf(1024 * 1024 + 1)],
          ["get_header_map_size", 3],
          ["add_header_map_value", 3, "x-after", "1"],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "pairs with bytes left over are an empty list",
    does: {
      request_trailers: {
        steps: [
          ["set_header_map_pairs", 1, Buffer.concat([encodePairs([["x", "1"]]), Buffer.from("!")])],
          ["get_header_map_pairs", 1],
        ],
      },
    },
    exchanges: [WHOLE],
  },
  {
    name: "the size of a map is its bytes, and changes with it",
    does: {
      request_headers: {
        steps: [
          ["get_header_map_size", 0],
          ["add_header_map_value", 0, "x-12", "345"],
          ["get_header_map_size", 0],
          ["remove_header_map_value", 0, "x-12"],
          ["get_header_map_size", 0],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "trailers can be made at the end of a body, in both directions",
    does: {
      request_headers: { steps: [["remove_header_map_value", 0, "content-length"]] },
      request_body: [
        { steps: [["add_header_map_value", 1, "x-early", "1"]] },
        { steps: [["add_header_map_value", 1, "x-made", "1"]] },
      ],
      response_headers: { steps: [["remove_header_map_value", 2, "content-length"]] },
      response_body: [
        { steps: [["add_header_map_value", 3, "x-early", "1"]] },
        {
          steps: [
            ["add_header_map_value", 3, "x-made", "2"],
            ["get_header_map_pairs", 3],
          ],
        },
      ],
    },
    exchanges: [POST],
  },
  {
    name: "names that Envoy keeps once are joined by commas",
    does: {
      request_headers: {
        steps: ["accept", "authorization", "user-agent", "x-forwarded-for", "cookie", "via", "te"].flatMap(
          (name): Step[] => [
            ["add_header_map_value", 0, name, "one"],
            ["add_header_map_value", 0, name, "two"],
            ["get_header_map_value", 0, name],
          ],
        ),
      },
    },
    exchanges: [GET],
  },
];
