import type { GrpcRequest } from "../callouts/grpc-callout.js";
import { RootContext } from "../contexts/root.js";
import { MeshwasmError } from "../errors.js";
import { bytesField, decodeProtobuf } from "../foreign/protobuf.js";
import { fromByteString } from "../headers/bytes.js";
import { decodePairs } from "../headers/pairs.js";
import { WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import type { Hostcalls } from "./imports.js";

const { Ok, BadArgument, InternalFailure, InvalidMemoryAccess, ParseFailure } = WasmResult;

/** The gRPC hostcalls, after `exports.cc` of proxy-wasm-cpp-host and `Context::grpcCall` of Envoy. */
export function grpcHostcalls(vm: Vm): Hostcalls {
  // A serialized GrpcService with envoy_grpc.cluster_name, or what does not parse as one: a cluster's name.
  const clusterOf = (service: Buffer): string | undefined => {
    const parsed = decodeProtobuf(service);
    if (parsed === undefined)
      return vm.world.clusters.has(service.toString("utf8")) ? service.toString("utf8") : "";
    if (!parsed.has(1) && !parsed.has(2)) {
      const shown = JSON.stringify(service.toString("utf8"));
      throw new MeshwasmError("ENVOY_CRASH", `Envoy 1.40 crashes on a gRPC callout to ${shown}`, {
        hint: "these bytes parse as a GrpcService without a target: pass a serialized GrpcService, or another name",
      });
    }
    const envoyGrpc = decodeProtobuf(bytesField(parsed, 1));
    return parsed.has(1) && envoyGrpc !== undefined ? bytesField(envoyGrpc, 1).toString("utf8") : undefined;
  };

  const start = (
    call: string,
    kind: "grpcCall" | "grpcStream",
    [service, name, method, metadata]: readonly (readonly [number, number])[],
    message: readonly [number, number] | undefined,
    timeout: number,
    tokenTo: number,
  ): number => {
    const context = vm.enter(call);
    const read = ([pointer, size]: readonly [number, number]) => vm.memory.copy(pointer, size);
    const parts = [service!, name!, method!, metadata!, message ?? ([0, 0] as const)].map(read);
    if (parts.some((part) => part === undefined)) return vm.record(context, call, [], InvalidMemoryAccess);
    const [serviceBytes, nameBytes, methodBytes, metadataBytes, messageBytes] = parts as Buffer[];
    const cluster = clusterOf(serviceBytes!);
    const request: GrpcRequest = {
      cluster: cluster ?? "",
      service: nameBytes!.toString("utf8"),
      method: methodBytes!.toString("utf8"),
      metadata: decodePairs(metadataBytes!),
      timeout: Math.max(timeout, 0),
    };
    const args = [request.cluster, request.service, request.method, request.metadata];
    if (cluster === "") return vm.record(context, call, args, ParseFailure);
    const root = vm.contexts.get(context.rootId);
    if (cluster === undefined || !(root instanceof RootContext))
      return vm.record(context, call, args, BadArgument);
    const token = vm.nextCalloutId(kind);
    const started = root.grpcStart(kind, token, request, message && messageBytes!);
    if (!started) return vm.record(context, call, args, InternalFailure);
    const written = vm.memory.writeU32(tokenTo, token);
    return vm.record(context, call, args, written ? Ok : InvalidMemoryAccess, token);
  };

  const onRoot = (call: string, token: number, act: (root: RootContext) => number): number => {
    const context = vm.enter(call);
    const root = vm.contexts.get(context.rootId);
    const result = root instanceof RootContext ? act(root) : BadArgument;
    return vm.record(context, call, [token], result);
  };

  return {
    // biome-ignore format: the ABI's arguments, pointer and size in pairs
    proxy_grpc_call(sp: number, ss: number, np: number, ns: number, mp: number, ms: number, ip: number, is: number, rp: number, rs: number, timeout: number, tokenTo: number): number {
      return start("proxy_grpc_call", "grpcCall", [[sp, ss], [np, ns], [mp, ms], [ip, is]], [rp, rs], timeout, tokenTo);
    },

    // biome-ignore format: the ABI's arguments, pointer and size in pairs
    proxy_grpc_stream(sp: number, ss: number, np: number, ns: number, mp: number, ms: number, ip: number, is: number, tokenTo: number): number {
      return start("proxy_grpc_stream", "grpcStream", [[sp, ss], [np, ns], [mp, ms], [ip, is]], undefined, 0, tokenTo);
    },

    proxy_grpc_send(token: number, pointer: number, size: number, end: number): number {
      const call = "proxy_grpc_send";
      const context = vm.enter(call);
      const message = vm.memory.copy(pointer, size);
      if (message === undefined) return vm.record(context, call, [token >>> 0], InvalidMemoryAccess);
      const root = vm.contexts.get(context.rootId);
      const result =
        root instanceof RootContext ? root.grpcSend(token >>> 0, message, end !== 0) : BadArgument;
      return vm.record(context, call, [token >>> 0, fromByteString(message.toString("latin1")), end], result);
    },

    proxy_grpc_close: (token: number) =>
      onRoot("proxy_grpc_close", token >>> 0, (root) => root.grpcClose(token >>> 0)),
    proxy_grpc_cancel: (token: number) =>
      onRoot("proxy_grpc_cancel", token >>> 0, (root) => root.grpcCancel(token >>> 0)),
  };
}
