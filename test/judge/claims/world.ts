import type { ClaimGroup } from "../claims.js";

export const WORLD_CLAIMS: readonly ClaimGroup[] = [
  {
    about: "Metrics",
    claims: [
      {
        says: "Counters are numbered from 4, gauges from 5, histograms from 6, in steps of 4.",
        cases: {
          "judge: metrics: numbers count by type, and a gauge goes down": [
            "define_metric(1,judge_gauge)=0 5",
            "define_metric(1,judge_gauge_2)=0 9",
            "define_metric(2,judge_histogram)=0 6",
            "define_metric(0,judge_counter)=0 4",
          ],
        },
      },
      {
        says: "A metric that is defined again has another number and the same value.",
        cases: {
          "judge: metrics: a metric that is defined again has a new number and the same value": [
            "define_metric(0,judge_again)=0 8",
            "get_metric(8)=0 3",
          ],
        },
      },
      {
        says: "A counter goes up by more than 0 (or BadArgument), and recording adds to it.",
        cases: {
          "judge: request_headers: metrics": [
            "increment_metric(4,2)=0",
            "increment_metric(4,0)=2",
            "increment_metric(4,-1)=2",
            "record_metric(4,3)=0",
            "get_metric(4)=0 5",
          ],
        },
      },
      {
        says: "A histogram can neither be incremented nor read (BadArgument), and an unknown number is NotFound.",
        cases: {
          "judge: request_headers: metrics": [
            "increment_metric(6,1)=2",
            "get_metric(6)=2",
            "increment_metric(400,1)=1",
            "get_metric(400)=1",
          ],
        },
      },
    ],
  },
  {
    about: "Properties",
    claims: [
      {
        says: "Numbers are 8 bytes, little end first, doubles too; truths are 1.",
        cases: {
          "judge: numbers are eight bytes, truths are one": [
            "get_property(response.code)=0 \\xc8\\x00\\x00\\x00\\x00\\x00\\x00\\x00",
            "get_property(connection.mtls)=0 \\x00",
          ],
          "judge: metadata: numbers are doubles, lists and objects are pairs, messages are protobuf, and what has a null in it has no bytes":
            [
              "get_property(xds.route_metadata.filter_metadata.judge.number)=0 \\x00\\x00\\x00\\x00\\x00\\x00\\xf8?",
            ],
        },
      },
      {
        says: "Times and durations are 8 bytes, in nanoseconds.",
        cases: {
          "e2e attributes: knows the request": [],
          "e2e attributes: knows how an exchange went in the access log": [],
        },
      },
      {
        says: "Maps and lists are pairs, messages are protobuf.",
        cases: {
          "judge: metadata: numbers are doubles, lists and objects are pairs, messages are protobuf, and what has a null in it has no bytes":
            [
              "get_property(xds.listener_metadata)=0 \\x0a\\x18\\x0a\\x05judge\\x12\\x0f\\x0a\\x0d\\x0a\\x05owner\\x12\\x04\\x1a\\x02us",
              "get_property(xds.route_metadata.filter_metadata.judge.list.2)=0 \\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00b\\x00\\x00",
            ],
          "e2e attributes: knows the request": [],
        },
      },
      {
        says: "What a filter sets is filter state under `wasm.` and its path.",
        cases: {
          "e2e attributes: sets properties of its own": [],
          "judge: what a filter sets lives as long as the stream, and another stream has none of it": [
            "get_property(mine)=0 1",
          ],
        },
      },
      {
        says: "Without a stream there is nothing of it, and nothing can be set (NotFound).",
        cases: {
          "judge: configure: properties": ["get_property(request.path)=1", "set_property(mine,1)=1"],
          "judge: what cannot be set: a property outside a stream": ["set_property(mine,1)=1"],
        },
      },
    ],
  },
  {
    about: "Shared data and queues",
    claims: [
      {
        says: "A version of 0 always sets, and a stale one does for a key that is not there.",
        cases: {
          "judge: shared data: a version of 0 always sets, a stale one on a missing key too": [
            "set_shared_data(missing,stale,999999)=0",
            "set_shared_data(missing,again,0)=0",
            "set_shared_data(missing,no,999999)=8",
          ],
        },
      },
      {
        says: "Versions are counted over all keys.",
        cases: {
          "judge: shared data: the version of one key is never that of another": [
            "set_shared_data(one,2,two)=8",
            "set_shared_data(one,2,one)=0",
          ],
        },
      },
      {
        says: "Data belong to a `vm_id`, whatever the VMs are.",
        cases: {
          "chain: shared data are those of the filter's own vm_id": ["a: setShared=0", "b: getShared=1"],
          "chain: VMs of one vm_id have their shared data in common, whatever their modules are": [
            "setShared=0",
            "getShared=0:the first",
          ],
        },
      },
      {
        says: "Queues are numbered from 1, and a message is told to who registered the queue last, after the callback.",
        cases: {
          "chain: the first queue has the number 1, and what is put into it is told to who registered it last":
            ["enqueue=0", "queue_ready()", "the last", "dequeue=0:job"],
        },
      },
      {
        says: "An empty `vm_id` means one's own.",
        cases: {
          "judge: queues: registering again gives the same, resolving finds it by VM, and an empty queue is Empty":
            ["resolve_shared_queue(,q)=0 *", "resolve_shared_queue(no-such-vm,q)=1"],
        },
      },
    ],
  },
  {
    about: "Timers",
    claims: [
      {
        says: "Each root context has a timer of its own.",
        cases: {
          "chain: two plugins in one VM have a timer each": [
            "plugin_name=0:chain-35-a",
            "plugin_name=0:chain-35-b",
          ],
        },
      },
      {
        says: "It goes on after each tick, and ends with a period of 0.",
        cases: {
          "judge: ticks: every period, until the period is 0": [
            ">tick(1)",
            ">tick(1)",
            ">tick(1)",
            "set_tick_period_milliseconds(0)=0",
          ],
        },
      },
      {
        says: "A new period begins anew.",
        cases: {
          "judge: ticks: a new period begins anew": [
            "set_tick_period_milliseconds(10000)=0",
            "set_tick_period_milliseconds(40)=0",
            ">tick(1)",
          ],
        },
      },
    ],
  },
];
