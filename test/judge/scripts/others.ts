import type { Script } from "../script.js";
import { GET, WHOLE } from "./messages.js";

/** Section 6, everything else: metrics, shared data, queues, ticks, the log, contexts, configurations, names. */
export const OTHER_SCRIPTS: readonly Script[] = [
  {
    name: "metrics: a metric that is defined again has a new number and the same value",
    does: {
      request_headers: {
        steps: [
          ["define_metric", 0, "judge_again"],
          ["increment_metric", 4, 3],
          ["define_metric", 0, "judge_again"],
          ["get_metric", 8],
          ["increment_metric", 8, 2],
          ["get_metric", 4],
        ],
      },
    },
  },
  {
    name: "metrics: numbers count by type, and a gauge goes down",
    does: {
      request_headers: {
        steps: [
          ["define_metric", 1, "judge_gauge"],
          ["define_metric", 1, "judge_gauge_2"],
          ["define_metric", 2, "judge_histogram"],
          ["define_metric", 0, "judge_counter"],
          ["increment_metric", 5, 10],
          ["increment_metric", 5, -3n],
          ["get_metric", 5],
          ["record_metric", 9, 7],
          ["get_metric", 9],
        ],
      },
    },
  },
  {
    name: "metrics: what one stream counts the next one sees",
    does: {
      configure: { steps: [["define_metric", 0, "judge_streams"]] },
      request_headers: {
        steps: [
          ["increment_metric", 4, 1],
          ["get_metric", 4],
        ],
      },
    },
    exchanges: [GET, GET, GET],
  },
  {
    name: "shared data: a version of 0 always sets, a stale one on a missing key too",
    does: {
      request_headers: {
        steps: [
          ["set_shared_data", "missing", "stale", 999_999],
          ["get_shared_data", "missing"],
          ["set_shared_data", "missing", "again", 0],
          ["get_shared_data", "missing"],
          ["set_shared_data", "missing", "no", 999_999],
          ["get_shared_data", "missing"],
          ["set_shared_data", "", "no key", 0],
          ["get_shared_data", ""],
          ["set_shared_data", "bytes", Buffer.from([0, 255, 10]), 0],
          ["get_shared_data", "bytes"],
        ],
      },
    },
  },
  {
    name: "shared data: the version of one key is never that of another",
    does: {
      request_headers: {
        steps: [
          ["set_shared_data", "one", "1", 0],
          { call: "get_shared_data", operands: ["one"], keep: "one" },
          ["set_shared_data", "two", "1", 0],
          { call: "get_shared_data", operands: ["two"], keep: "two" },
          ["set_shared_data", "one", "2", { kept: "two" }],
          ["set_shared_data", "one", "2", { kept: "one" }],
          ["set_shared_data", "one", "3", { kept: "one" }],
          ["get_shared_data", "one"],
        ],
      },
    },
  },
  {
    name: "shared data: an empty value is a value",
    does: {
      request_headers: {
        steps: [
          ["set_shared_data", "empty", "", 0],
          ["get_shared_data", "empty"],
        ],
      },
    },
  },
  {
    name: "queues: first in, first out, and who registered is told once for each",
    does: {
      configure: { steps: [{ call: "register_shared_queue", operands: ["q"], keep: "q" }] },
      request_headers: {
        steps: [
          ["enqueue_shared_queue", { kept: "q" }, "one"],
          ["enqueue_shared_queue", { kept: "q" }, "two"],
          ["enqueue_shared_queue", { kept: "q" }, ""],
        ],
      },
      queue_ready: { steps: [["dequeue_shared_queue", { kept: "q" }]] },
    },
    exchanges: [GET],
  },
  {
    name: "queues: registering again gives the same, resolving finds it by VM, and an empty queue is Empty",
    does: {
      request_headers: {
        steps: [
          { call: "register_shared_queue", operands: ["q"], keep: "q" },
          { call: "register_shared_queue", operands: ["q"], keep: "q2" },
          ["dequeue_shared_queue", { kept: "q" }],
          ["enqueue_shared_queue", { kept: "q2" }, "x"],
          ["dequeue_shared_queue", { kept: "q" }],
          ["resolve_shared_queue", "", "q"],
          ["resolve_shared_queue", "no-such-vm", "q"],
          ["dequeue_shared_queue", 0],
        ],
      },
    },
    exchanges: [GET],
  },
  {
    name: "ticks: every period, until the period is 0",
    does: {
      log: { steps: [["set_tick_period_milliseconds", 40]] },
      tick: [{}, {}, { steps: [["set_tick_period_milliseconds", 0]] }],
    },
    waits: 400,
  },
  {
    name: "ticks: a new period begins anew",
    does: {
      log: { steps: [["set_tick_period_milliseconds", 10_000]] },
      done: { steps: [["set_tick_period_milliseconds", 40]] },
      tick: [
        { steps: [["set_tick_period_milliseconds", 60]] },
        { steps: [["set_tick_period_milliseconds", 0]] },
      ],
    },
    waits: 300,
  },
  {
    name: "log levels: what is below info is dropped, what is above is kept",
    does: {
      request_headers: {
        steps: [
          ["log", 0, "trace"],
          ["log", 1, "debug"],
          ["log", 2, "info"],
          ["log", 3, "warn"],
          ["log", 4, "error"],
          ["log", 5, "critical"],
          ["log", 6, "none"],
          ["get_log_level"],
        ],
      },
    },
  },
  {
    name: "the effective context: a stream acts for the root and for a stream that is gone",
    does: {
      request_headers: [
        {},
        {
          steps: [
            ["set_effective_context", 2],
            ["set_effective_context", { kept: "root" }],
            ["get_header_map_pairs", 0],
            ["set_effective_context", { kept: "stream" }],
            ["get_header_map_value", 0, ":path"],
          ],
        },
      ],
    },
    exchanges: [GET, GET],
  },
  {
    name: "configurations: the VM's at any time, the plugin's while it is handed over",
    does: {
      vm_start: {
        steps: [
          ["get_buffer_bytes", 6, 0, 8],
          ["get_buffer_bytes", 7, 0, -1],
        ],
      },
      configure: {
        steps: [
          ["get_buffer_bytes", 6, 0, 8],
          ["get_buffer_bytes", 7, 0, -1],
          ["get_buffer_bytes", 7, 4, 3],
        ],
      },
      request_headers: {
        steps: [
          ["get_buffer_bytes", 6, 0, 8],
          ["get_buffer_bytes", 7, 0, -1],
        ],
      },
    },
    config: "the plugin's",
    exchanges: [WHOLE],
  },
  {
    name: "addresses without a name to ask come before the hostcall returns",
    does: {
      request_headers: {
        steps: [
          ["envoy_resolve_dns", "127.0.0.1"],
          ["envoy_resolve_dns", "nobody.onion"],
        ],
      },
      resolve_dns: {
        steps: [
          ["get_buffer_status", 8],
          ["get_buffer_bytes", 8, 0, -1],
        ],
      },
    },
    exchanges: [GET],
  },
];
