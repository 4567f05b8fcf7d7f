import type { Behaviour, Script, ScriptConversation, Step } from "../script.js";

const read = (buffer: number): Step => ["get_buffer_bytes", buffer, 0, -1];
const tcp = (name: string, does: Behaviour, connection: Partial<ScriptConversation> = {}): Script => ({
  name: `TCP: ${name}`,
  does,
  connections: [{ send: "hello", finish: "end", ...connection }],
});

/** Section 6, network filters. */
export const CONNECTION_SCRIPTS: readonly Script[] = [
  tcp("both sides finish: done comes before log", {}),
  tcp("the client breaks off", {}, { finish: "reset" }),
  tcp(
    "bytes in pieces, both ways",
    { downstream_data: { steps: [read(2)] }, upstream_data: { steps: [read(3)] } },
    { send: ["one", "two", "three"] },
  ),
  tcp("bytes are changed on both ways", {
    downstream_data: [
      {
        steps: [
          ["set_buffer_bytes", 2, 0, 0, ">"],
          ["set_buffer_bytes", 2, 100, 0, "."],
          ["set_buffer_bytes", 2, 1, 1, "-"],
          read(2),
        ],
      },
    ],
    upstream_data: [
      {
        steps: [["set_buffer_bytes", 3, 0, 2, "<"], read(3)],
      },
    ],
  }),
  tcp(
    "bytes that are held back are seen again with those that follow",
    {
      downstream_data: [{ steps: [read(2)], returns: 1 }, { steps: [read(2)] }, { steps: [read(2)] }],
    },
    { send: ["one", "two"] },
  ),
  tcp(
    "any answer but 0 holds back",
    {
      downstream_data: [{ returns: 7 }, { steps: [read(2)] }],
    },
    { send: ["one", "two"] },
  ),
  tcp("bytes that are held back to the end go with it", {
    downstream_data: [{ returns: 1 }, { steps: [read(2)] }],
  }),
  tcp("resuming the client's side works, the upstream's is not implemented", {
    downstream_data: [
      {
        steps: [
          ["continue_stream", 3],
          ["continue_stream", 0],
          ["continue_stream", 1],
          ["continue_stream", 4],
        ],
      },
    ],
  }),
  tcp(
    "bytes that are held back go on from a tick",
    {
      downstream_data: [{ steps: [["set_tick_period_milliseconds", 30]], returns: 1 }],
      tick: {
        steps: [
          ["set_tick_period_milliseconds", 0],
          ["set_effective_context", { kept: "stream" }],
          read(2),
          ["continue_stream", 2],
        ],
      },
    },
    { finish: "reset" },
  ),
  tcp(
    "the filter closes the client's side",
    { downstream_data: [{ steps: [["close_stream", 2]], returns: 1 }] },
    { finish: "reset" },
  ),
  tcp(
    "the filter closes the upstream's side",
    { downstream_data: [{ steps: [["close_stream", 3]], returns: 1 }] },
    { finish: "reset" },
  ),
  tcp(
    "the filter closes when the upstream has answered",
    { upstream_data: [{ steps: [["close_stream", 2]] }] },
    { finish: "reset" },
  ),
  tcp("closing by the numbers of HTTP changes nothing", {
    downstream_data: [
      {
        steps: [
          ["close_stream", 0],
          ["close_stream", 1],
          ["close_stream", 4],
        ],
      },
    ],
  }),
  tcp("a local response is Ok and nothing", {
    downstream_data: [{ steps: [["send_local_response", 403, "", "no", [], -1]] }],
  }),
  tcp("a trap closes the connection", { downstream_data: { steps: ["trap"] } }, { finish: "reset" }),
  tcp("a trap when the upstream answers", { upstream_data: { steps: ["trap"] } }, { finish: "reset" }),
  tcp("a trap in new_connection", { new_connection: { steps: ["trap"] } }, { finish: "reset" }),
  tcp("a connection's done that answers no is deleted all the same", { done: { returns: 0 } }),
  tcp("a new connection that is answered by 1 goes on", { new_connection: { returns: 1 } }),
  tcp("properties of a connection, and what it sets", {
    new_connection: {
      steps: [
        ["get_property", "source\0address"],
        ["get_property", "connection\0mtls"],
        ["set_property", "mine", "1"],
      ],
    },
    log: {
      steps: [
        ["get_property", "mine"],
        ["get_property", "request\0size"],
        ["get_property", "response\0size"],
      ],
    },
  }),
  {
    name: "TCP: two connections in turn",
    does: {},
    connections: [
      { send: "one", finish: "end" },
      { send: "two", finish: "end" },
    ],
  },
];
