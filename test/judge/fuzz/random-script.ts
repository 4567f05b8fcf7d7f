import type { CallbackName } from "../probe/callbacks.js";
import type { Behaviour, Block, Script, ScriptExchange, Step } from "../script.js";
import { Dice } from "./dice.js";

const NAMES = ["x-a", "X-A", "x-b", "x-up", "x-t", "accept", "cache-control", "cookie", "set-cookie", "via"];
const READ_NAMES = [...NAMES, ":path", ":status", ":method", "host", "x-none", "content-type"];
const VALUES = ["", "1", "two words", "a,b", "caf\u00e9"];
const PROPERTIES = [
  ..."request.path request.headers.x-a request.size request.method response.code response.headers.x-up".split(
    " ",
  ),
  ..."response.size response.code_details response.trailers.x-rt plugin_name plugin_root_id mine nothing".split(
    " ",
  ),
];

// What a hostcall does to the wire that no filter should do (a body without its length, a request without a path) is the
// codec's affair, and what depends on when an answer comes is a race: neither is rolled.
function steps(dice: Dice, callback: CallbackName, tcp: boolean): Step[] {
  const map = () => dice.roll(9);
  // Elsewhere than in its own callback a body may be freed memory: after a local response, a close, or an answer of 2 or 3.
  const own = tcp ? [2, 2, 3, 3] : callback.endsWith("_body") ? [0, 0, 1, 1, 8] : [];
  const body = () => dice.pick([...own, tcp ? 0 : 2, 4, 5, 7]);
  const number = () => dice.pick([0, 0, 1, 2, 3, 5, 100, -1]);
  const trailers = () => dice.pick([1, 3]);
  const makers: readonly (() => Step)[] = [
    () => ["get_header_map_value", map(), dice.pick(READ_NAMES)],
    () => ["get_header_map_value", map(), dice.pick(READ_NAMES)],
    () => ["get_header_map_pairs", map()],
    () => ["get_header_map_size", map()],
    () => ["add_header_map_value", map(), dice.pick(NAMES), dice.pick(VALUES)],
    () => ["add_header_map_value", map(), dice.pick(NAMES), dice.pick(VALUES)],
    () => ["replace_header_map_value", map(), dice.pick(NAMES), dice.pick(VALUES)],
    () => ["remove_header_map_value", map(), dice.pick(NAMES)],
    () => [
      "set_header_map_pairs",
      trailers(),
      dice.some(3, () => [dice.pick(NAMES), dice.pick(VALUES)] as const),
    ],
    () => ["get_buffer_bytes", body(), number(), number()],
    () => ["get_buffer_bytes", body(), 0, -1],
    () => ["get_buffer_status", body()],
    () => ["set_buffer_bytes", body(), number(), number(), dice.pick(VALUES)],
    () => ["get_property", dice.pick(PROPERTIES).replaceAll(".", "\0")],
    () => ["set_property", "mine", dice.pick(VALUES)],
    () => ["set_effective_context", dice.pick([0, 9999, { kept: "root" }, { kept: "stream" }])],
    () => ["get_shared_data", dice.pick(["k", "l"])],
    () => ["get_status"],
    () => ["done"],
    () => ["continue_stream", dice.pick([2, 3, 4])],
    () => ["http_call", dice.pick(["unknown", "auth"]), [[":path", "/"]], "", [], 100],
    () => [
      "call_foreign_function",
      dice.pick(["nothing", "clear_route_cache", "uncompress"]),
      dice.pick(VALUES),
    ],
    () => ["log", dice.roll(7), dice.pick(VALUES)],
  ];
  const list = dice.some(5, () => dice.pick(makers)());
  // In these Envoy 1.40 crashes; in the response's trailers when something of the request was held back (seed 20416 found it).
  if (!tcp && !ENDING.has(callback) && callback !== "response_trailers") {
    if (dice.once(12))
      list.push([
        "send_local_response",
        dice.pick([200, 204, 403, 500]),
        dice.pick(["", "why", "two words"]),
        dice.pick(["", "a body"]),
        dice.some(2, () => [dice.pick(["x-l", "X-M", "set-cookie"]), dice.pick(["1", "2"])] as const),
        dice.pick([-1, -1, 7, 99]),
      ]);
    if (dice.once(25)) list.push(["close_stream", dice.roll(2)]);
  }
  if (!ENDING.has(callback) && dice.once(80)) list.push("trap");
  return list;
}

const ENDING: ReadonlySet<CallbackName> = new Set(["log", "done", "delete"]);
const HTTP: readonly CallbackName[] = [
  ..."request_headers request_body request_trailers response_headers response_body response_trailers".split(
    " ",
  ),
  ..."log done delete".split(" "),
] as CallbackName[];
const TCP: readonly CallbackName[] =
  "new_connection downstream_data upstream_data downstream_connection_close upstream_connection_close log done delete".split(
    " ",
  ) as CallbackName[];

function block(dice: Dice, callback: CallbackName, tcp: boolean): Block {
  const returns = /_body$/.test(callback) && dice.once(3) ? 1 : undefined;
  return { steps: steps(dice, callback, tcp), ...(returns === undefined ? {} : { returns }) };
}

/** The script of a seed: always the same. What it asks for may be more than Envoy survives, see {@link worthPlaying}. */
export function randomScript(seed: number): Script {
  const dice = new Dice(seed);
  const tcp = dice.once(6);
  const does: Behaviour = {};
  for (const callback of tcp ? TCP : HTTP)
    if (dice.once(2))
      does[callback] = dice.once(3)
        ? [block(dice, callback, tcp), block(dice, callback, tcp)]
        : block(dice, callback, tcp);
  // After a trap nothing tells whether a stream that is held back would ever have gone on.
  if (JSON.stringify(does).includes('"trap"'))
    for (const callback of Object.keys(does) as CallbackName[])
      does[callback] = [does[callback]!].flat().map(({ steps = [] }) => ({ steps }));
  const name = `random ${seed}`;
  if (tcp) {
    const send = dice.pick(["hello", "one"]);
    return { name, does, connections: [{ send, finish: dice.pick(["end", "reset"]) }] };
  }
  return { name, does, exchanges: [exchange(dice), ...(dice.once(3) ? [exchange(dice)] : [])] };
}

function exchange(dice: Dice): ScriptExchange {
  const headers = (names: readonly string[]) =>
    dice.some(3, () => [dice.pick(names), dice.pick(["1", "2", "a,b"])] as const);
  const part = (trailer: string) => ({
    ...(dice.once(2) && { body: dice.pick([["abc"], ["abcdef"]]) }),
    ...(dice.once(3) && { trailers: [[trailer, "1"], ...headers(["x-a", "x-b"])] as const }),
  });
  const request = part("x-t");
  return {
    method: request.body === undefined && request.trailers === undefined ? "GET" : "POST",
    path: dice.pick(["/", "/a/b?c=d"]),
    headers: headers(["x-a", "x-b", "accept", "cookie"]),
    ...request,
    response: { headers: headers(["x-up", "x-a", "set-cookie", "cache-control"]), ...part("x-rt") },
  };
}
