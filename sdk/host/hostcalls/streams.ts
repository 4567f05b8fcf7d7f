import { fromByteString } from "../headers/bytes.js";
import { decodePairs } from "../headers/pairs.js";
import { StreamType, WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const WHITESPACE = /[ \t\n\v\f\r]/g;

/** Hostcalls that steer a stream. All of them act once the guest's callback has returned. */
export function streamHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_send_local_response(
      status: number,
      detailsPointer: number,
      detailsSize: number,
      bodyPointer: number,
      bodySize: number,
      headersPointer: number,
      headersSize: number,
      grpcStatus: number,
    ): number {
      const call = "proxy_send_local_response";
      const context = vm.enter(call);
      const details = vm.memory.text(detailsPointer, detailsSize);
      const body = vm.memory.copy(bodyPointer, bodySize);
      const serialized = vm.memory.copy(headersPointer, headersSize);
      if (details === undefined || body === undefined || serialized === undefined)
        return vm.record(context, call, [status], WasmResult.InvalidMemoryAccess);
      const headers = decodePairs(serialized);
      context.sendLocalResponse({
        status,
        details: fromByteString(details.replace(WHITESPACE, "_")),
        body,
        headers,
        grpcStatus: grpcStatus >= 0 && grpcStatus <= 16 ? grpcStatus : undefined,
      });
      vm.iterationStopped = true;
      const args = [status, fromByteString(details), body.toString("latin1"), headers, grpcStatus];
      return vm.record(context, call, args, WasmResult.Ok);
    },

    proxy_continue_stream(type: number): number {
      const context = vm.enter("proxy_continue_stream");
      const result = type >>> 0 > StreamType.Upstream ? WasmResult.BadArgument : context.continueStream(type);
      return vm.record(context, "proxy_continue_stream", [type], result);
    },

    proxy_close_stream(type: number): number {
      const context = vm.enter("proxy_close_stream");
      const result = type >>> 0 > StreamType.Upstream ? WasmResult.BadArgument : context.closeStream(type);
      return vm.record(context, "proxy_close_stream", [type], result);
    },

    proxy_continue_request(): number {
      const context = vm.enter("proxy_continue_request");
      return vm.record(context, "proxy_continue_request", [], context.continueStream(StreamType.Request));
    },

    proxy_continue_response(): number {
      const context = vm.enter("proxy_continue_response");
      return vm.record(context, "proxy_continue_response", [], context.continueStream(StreamType.Response));
    },

    // The host routes nothing, so there is no cache to clear; Envoy always answers Ok.
    proxy_clear_route_cache(): number {
      return vm.record(vm.enter("proxy_clear_route_cache"), "proxy_clear_route_cache", [], WasmResult.Ok);
    },
  };
}
