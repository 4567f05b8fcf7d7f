import { BufferType, StreamType } from "../status.js";
import type { TcpChainCase } from "./chain-agreement.js";
import type { Probe, ProbeStep } from "./probe.js";

const { DownstreamData, UpstreamData } = BufferType;

/** Says that each of them was called, so that their order is part of every case. */
const ALL: Probe = {
  context_create: {},
  new_connection: {},
  downstream_data: {},
  upstream_data: {},
  downstream_connection_close: {},
  upstream_connection_close: {},
  log: {},
  done: {},
  delete: {},
};

const body = (buffer: number): ProbeStep => ({ do: "body", buffer });
const mark = (buffer: number, data: string): ProbeStep => ({
  do: "setBody",
  buffer,
  start: 0,
  length: 0,
  data,
});

/** What chains of network filters must do as Envoy does. */
export const TCP_CHAIN_CASES: readonly TcpChainCase[] = [
  {
    name: "bytes from the client meet the filters in order, those from the upstream the other way round",
    filters: [ALL, ALL, ALL],
    send: "hello",
    finish: "end",
  },
  { name: "the client goes away", filters: [ALL, ALL], send: "hello", finish: "reset" },
  {
    name: "each sees what the one before it changed",
    filters: ["a", "b"].map((letter) => ({
      ...ALL,
      downstream_data: { steps: [body(DownstreamData), mark(DownstreamData, letter)] },
      upstream_data: { steps: [body(UpstreamData), mark(UpstreamData, letter)] },
    })),
    send: "hello",
    finish: "reset",
  },
  {
    name: "what the second holds back is seen again by the first",
    filters: [
      { ...ALL, downstream_data: { steps: [body(DownstreamData)] } },
      { ...ALL, downstream_data: { steps: [body(DownstreamData)], returns: 1, returnsAtEnd: 0 } },
    ],
    send: "hello",
    finish: "end",
  },
  {
    name: "what the first holds back the second sees at the end",
    filters: [{ ...ALL, downstream_data: { returns: 1, returnsAtEnd: 0 } }, ALL],
    send: "hello",
    finish: "end",
  },
  {
    name: "the second closes the connection",
    filters: [
      ALL,
      { ...ALL, downstream_data: { steps: [{ do: "close", stream: StreamType.Downstream }], returns: 1 } },
      ALL,
    ],
    send: "hello",
    finish: "reset",
  },
  {
    name: "the second traps",
    filters: [ALL, { ...ALL, downstream_data: { steps: [{ do: "trap" }] } }, ALL],
    send: "hello",
    finish: "reset",
  },
  {
    name: "what comes from the upstream waits in the last",
    filters: [ALL, { ...ALL, upstream_data: { steps: [body(UpstreamData)], returns: 1, returnsAtEnd: 0 } }],
    send: "hello",
    finish: "end",
  },
];
