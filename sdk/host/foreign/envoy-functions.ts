import { deflateSync, inflateSync } from "node:zlib";
import type { Context } from "../contexts/context.js";
import { toByteString } from "../headers/bytes.js";
import { WasmResult } from "../status.js";
import { createExpression, deleteExpression, evaluateExpression } from "./expressions.js";
import { decodeProtobuf, numberField, textField } from "./protobuf.js";
import { signText, verifySignature } from "./signatures.js";

/** What an own foreign function gives: bytes with Ok, or an ABI status such as `2` (BadArgument). */
export type ForeignResult = Uint8Array | string | number | undefined;

/** A foreign function of the test: it gets the argument's bytes. */
export type ForeignFunction = (argument: Uint8Array) => ForeignResult;

/** Foreign functions by name. */
export type ForeignFunctions = ReadonlyMap<string, ForeignFunction>;

/** Envoy's side of a foreign function; `current` is whose callback runs, `effective` whom the call is for. */
type EnvoyFunction = (argument: Buffer, effective: Context, current: Context) => ForeignResult;

// Envoy has no limit here; no filter that is well gets near this one.
const MAX_UNCOMPRESSED = 64 * 1024 * 1024;

/** What Envoy 1.40 registers (source/extensions/common/wasm/foreign.cc). */
export const ENVOY_FUNCTIONS: ReadonlyMap<string, EnvoyFunction> = new Map<string, EnvoyFunction>([
  // The host routes nothing, so there is no cache to clear.
  ["clear_route_cache", () => undefined],
  ["compress", (argument) => deflateSync(argument)],
  [
    "uncompress",
    (argument) => {
      try {
        return inflateSync(argument, { maxOutputLength: MAX_UNCOMPRESSED });
      } catch {
        return WasmResult.SerializationFailure;
      }
    },
  ],
  ["expr_create", (argument, _effective, current) => createExpression(argument, current)],
  ["expr_evaluate", (argument, _effective, current) => evaluateExpression(argument, current)],
  ["expr_delete", (argument, _effective, current) => deleteExpression(argument, current)],
  ["verify_signature", verifySignature],
  ["sign", signText],
  [
    "declare_property",
    (argument, _effective, current) => {
      const args = decodeProtobuf(argument);
      if (args === undefined) return WasmResult.BadArgument;
      return current.declareProperty(toByteString(textField(args, 1)), numberField(args, 2) !== 0);
    },
  ],
  [
    "set_envoy_filter_state",
    (argument, effective) => {
      const args = decodeProtobuf(argument);
      if (args === undefined) return WasmResult.BadArgument;
      const name = textField(args, 1);
      if (!FILTER_STATE.has(name)) return WasmResult.NotFound;
      return effective.setFilterState(name, textField(args, 2));
    },
  ],
]);

/** Names for which Envoy 1.40 can make a filter state object; it was asked name by name. */
export const FILTER_STATE: ReadonlySet<string> = new Set([
  "envoy.filters.listener.original_dst.local_ip",
  "envoy.filters.listener.original_dst.remote_ip",
  "envoy.hashable_string",
  "envoy.network.application_protocols",
  "envoy.network.transport_socket.original_dst_address",
  "envoy.network.upstream_server_name",
  "envoy.network.upstream_subject_alt_names",
  "envoy.ratelimit.hits_addend",
  "envoy.string",
  "envoy.tcp_proxy.cluster",
  "envoy.tcp_proxy.disable_tunneling",
  "envoy.tcp_proxy.per_connection_idle_timeout_ms",
  "envoy.upstream.dynamic_host",
  "envoy.upstream.dynamic_port",
]);
