import { RootContext } from "../contexts/root.js";
import { fromByteString } from "../headers/bytes.js";
import { HeaderMap } from "../headers/header-map.js";
import { decodePairs } from "../headers/pairs.js";
import { ByteBuffer } from "../http/byte-buffer.js";
import { Collected } from "../http/seen.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, BadArgument, InternalFailure, InvalidMemoryAccess } = WasmResult;

/** `proxy_http_call`, after `exports.cc` of proxy-wasm-cpp-host and `Context::httpCall` of Envoy. */
export function httpCalloutHostcalls(vm: Vm): Hostcalls {
  return {
    proxy_http_call(
      clusterPointer: number,
      clusterSize: number,
      headersPointer: number,
      headersSize: number,
      bodyPointer: number,
      bodySize: number,
      trailersPointer: number,
      trailersSize: number,
      timeout: number,
      tokenTo: number,
    ): number {
      const call = "proxy_http_call";
      const context = vm.enter(call);
      const clusterBytes = vm.memory.text(clusterPointer, clusterSize);
      const body = vm.memory.copy(bodyPointer, bodySize);
      const headerBytes = vm.memory.copy(headersPointer, headersSize);
      const trailerBytes = vm.memory.copy(trailersPointer, trailersSize);
      // Envoy tries the pointer before it sends anything.
      if (
        clusterBytes === undefined ||
        body === undefined ||
        headerBytes === undefined ||
        trailerBytes === undefined ||
        !vm.memory.writeU32(tokenTo, 0)
      )
        return vm.record(context, call, [], InvalidMemoryAccess);
      const cluster = fromByteString(clusterBytes);
      const pairs = decodePairs(headerBytes);
      const trailerPairs = decodePairs(trailerBytes);
      const args = [cluster, pairs, body.toString("latin1"), trailerPairs, timeout];
      const known = vm.world.clusters.get(cluster);
      const root = vm.contexts.get(context.rootId);
      if (timeout < 0 || known === undefined || !(root instanceof RootContext))
        return vm.record(context, call, args, BadArgument);

      const headers = new HeaderMap("request");
      for (const [name, value] of pairs) headers.add(name, value);
      if ([":path", ":method", ":authority"].some((name) => headers.get(name) === undefined))
        return vm.record(context, call, args, BadArgument);
      if (body.length > 0) headers.set("content-length", String(body.length));
      headers.set("x-envoy-internal", "true");
      if (timeout > 0) headers.set("x-envoy-expected-rq-timeout-ms", String(timeout));

      // A failed call has taken its number too.
      const token = vm.nextCalloutId("http");
      if (known === "down") return vm.record(context, call, args, InternalFailure);
      // Envoy's client for callouts sends no trailers, whatever it was given.
      const sent = new Collected();
      sent.headers(headers, body.length === 0);
      if (body.length > 0) sent.data(new ByteBuffer(body), true);
      root.httpCall(token, cluster, sent, timeout, known);
      vm.memory.writeU32(tokenTo, token);
      return vm.record(context, call, args, Ok, token);
    },
  };
}
