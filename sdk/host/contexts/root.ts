import type { CalloutAnswer, Cluster, GrpcOutcome } from "../callouts/clusters.js";
import { GrpcCallout, type GrpcCalloutOwner, type GrpcRequest } from "../callouts/grpc-callout.js";
import { HttpCallout, type HttpCalloutOwner, type HttpResult } from "../callouts/http-callout.js";
import { toByteString } from "../headers/bytes.js";
import type { HeaderMap } from "../headers/header-map.js";
import { ByteBuffer } from "../http/byte-buffer.js";
import type { Collected } from "../http/seen.js";
import type { PropertyValue } from "../properties/value.js";
import { BufferType, MapType, WasmResult } from "../status.js";
import type { Vm } from "../vm/vm.js";
import { type GuestBuffer, readOnly } from "./buffer.js";
import { encodeAddresses } from "./call-data.js";
import { Context, type Journal } from "./context.js";
import type { FinalMaps } from "./http.js";
import { Incoming } from "./incoming.js";

/** What the mesh's configuration says about a plugin. */
export interface Plugin {
  readonly name: string;
  readonly rootId: string;
  readonly config: Buffer;
  /** Streams that begin once the VM is dead go past the filter. */
  readonly failOpen: boolean;
}

/** A root context: one plugin's configuration in one VM (`ContextBase::onStart`, `onConfigure`). */
export class RootContext extends Context implements HttpCalloutOwner, GrpcCalloutOwner {
  // The configuration can be read only while the host hands it over.
  private configurable = false;
  private logged:
    | { readonly final: FinalMaps; readonly property: (name: string) => PropertyValue | undefined }
    | undefined;
  private readonly received = new Incoming();
  private readonly grpcCallouts = new Map<number, GrpcCallout>();
  private readonly httpCallouts = new Map<number, HttpCallout>();
  /** Streams of this root that still live. */
  openStreams = 0;
  /** True once a newer configuration took its place. */
  retired = false;

  constructor(
    vm: Vm,
    readonly plugin: Plugin,
    journal: Journal,
  ) {
    super(vm, vm.allocateContextId(), journal);
  }

  /** Creates the context and starts the VM for it: false when the module refuses. */
  start(): boolean {
    const { vm } = this;
    this.configurable = true;
    vm.call(this, "proxy_on_context_create", this.id, 0);
    this.created = vm.has("proxy_on_context_create");
    this.configurable = false;
    const started =
      !vm.has("proxy_on_vm_start") ||
      vm.call(this, "proxy_on_vm_start", this.id, vm.world.vmConfig.length) !== 0;
    vm.afterCall();
    return started;
  }

  /** Hands over the plugin's configuration: false when the module refuses it. */
  configure(): boolean {
    const { vm } = this;
    this.created = true;
    if (!vm.has("proxy_on_configure")) return true;
    this.configurable = true;
    const accepted = vm.call(this, "proxy_on_configure", this.id, this.plugin.config.length) !== 0;
    this.configurable = false;
    vm.afterCall();
    return accepted;
  }

  tick(): void {
    this.vm.call(this, "proxy_on_tick", this.id);
    this.vm.afterCall();
  }

  /** `proxy_on_done`: false when the module wants to call `proxy_done` later. */
  done(): boolean {
    const done = !this.vm.has("proxy_on_done") || this.vm.call(this, "proxy_on_done", this.id) !== 0;
    this.vm.afterCall();
    return done;
  }

  delete(): void {
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.afterCall();
    this.vm.contexts.delete(this.id);
    this.cancelCallouts();
  }

  /** What it sent out that has no answer yet, and who made it, a line each. */
  unanswered(): string[] {
    const { makers } = this.vm;
    const http = [...this.httpCallouts.values()].map((callout) => {
      const { token, cluster, request } = callout;
      return `HTTP call ${token} to "${cluster}" (${request.method} ${request.path}), made in ${makers.get(callout)}, has no answer`;
    });
    const grpc = [...this.grpcCallouts.values()].map((callout) => {
      const { token, cluster, kind, service, method, state } = callout;
      const what = `gRPC ${kind === "grpcCall" ? "call" : "stream"} ${token} to "${cluster}" (${service}/${method})`;
      const open = state === "pending" ? "is open" : "is over, and the filter has not closed it";
      return `${what}, made in ${makers.get(callout)}, ${open}`;
    });
    return [...http, ...grpc];
  }

  /** What Envoy's `~Context` does: nothing of it comes back to the guest any more. */
  cancelCallouts(): void {
    for (const callout of this.httpCallouts.values()) callout.cancel();
    this.httpCallouts.clear();
    for (const callout of this.grpcCallouts.values()) callout.cancel();
    this.grpcCallouts.clear();
  }

  /** Sends a callout; the answer comes once the present callback has returned, or later. */
  httpCall(token: number, name: string, sent: Collected, timeout: number, cluster: Cluster): void {
    const callout = new HttpCallout(this, token, name, sent, timeout);
    this.httpCallouts.set(token, callout);
    this.vm.noteCallout(callout);
    this.post(() => {
      if (callout.state === "pending") callout.answer(httpAnswer(cluster, callout));
    });
  }

  /** `Context::onHttpCallSuccess`, and `onHttpCallFailure` for a reset. */
  finishHttp(token: number, result: HttpResult | undefined): void {
    this.httpCallouts.delete(token);
    const { vm, received } = this;
    if (result === undefined) {
      received.statusCode = WasmResult.BrokenConnection;
      received.statusMessage = "reset";
    }
    received.httpHeaders = result?.headers;
    received.httpBody = result?.body;
    received.httpTrailers = result?.trailers;
    // Before anything that the guest asks for in the callback, such as resuming a stream.
    vm.defer(() => {
      received.statusMessage = "";
      received.httpHeaders = undefined;
      received.httpBody = undefined;
      received.httpTrailers = undefined;
    });
    const sizes = [result?.headers.size ?? 0, result?.body.length ?? 0, result?.trailers?.size ?? 0] as const;
    vm.call(this, "proxy_on_http_call_response", this.id, token, ...sizes);
    vm.afterCall();
  }

  /** `Context::grpcCall` and `grpcStream`: false when it cannot even begin. */
  grpcStart(
    kind: "grpcCall" | "grpcStream",
    token: number,
    request: GrpcRequest,
    message: Buffer | undefined,
  ): boolean {
    const callout = new GrpcCallout(this, kind, token, request);
    const cluster = this.vm.world.clusters.get(request.cluster);
    if (cluster === undefined) {
      callout.cancel();
      this.vm.defer(() => this.grpcClosed(callout, UNAVAILABLE, "Cluster not available"));
      return false;
    }
    if (cluster === "down") {
      callout.refuse((close) => this.vm.defer(close));
      return false;
    }
    this.grpcCallouts.set(token, callout);
    this.vm.noteCallout(callout);
    if (message !== undefined) {
      callout.messages.push(message);
      callout.ended = true;
    }
    this.post(() => {
      if (callout.state === "pending") callout.answer(grpcAnswer(cluster, callout));
    });
    return true;
  }

  private ifLive(token: number, kinds: readonly number[]): GrpcCallout | number {
    if (!kinds.includes(token & 3)) return WasmResult.BadArgument;
    return this.grpcCallouts.get(token) ?? WasmResult.NotFound;
  }

  grpcSend(token: number, message: Buffer, end: boolean): number {
    const callout = this.ifLive(token, [2]);
    if (typeof callout === "number") return callout;
    callout.sent(message, end);
    return WasmResult.Ok;
  }

  grpcClose(token: number): number {
    const callout = this.ifLive(token, [1, 2]);
    if (typeof callout === "number") return callout;
    if (callout.kind === "grpcCall") return this.grpcCancel(token);
    if (callout.state === "pending") callout.halfClose();
    else this.grpcOver(callout);
    return WasmResult.Ok;
  }

  grpcCancel(token: number): number {
    const callout = this.ifLive(token, [1, 2]);
    if (typeof callout === "number") return callout;
    callout.cancel();
    this.grpcOver(callout);
    return WasmResult.Ok;
  }

  grpcOver(callout: GrpcCallout): void {
    this.grpcCallouts.delete(callout.token);
  }

  grpcInitialMetadata(token: number, map: HeaderMap): void {
    this.received.grpcInitialMetadata = map;
    this.tell("proxy_on_grpc_receive_initial_metadata", token, map.size);
    this.received.grpcInitialMetadata = undefined;
  }

  grpcTrailingMetadata(token: number, map: HeaderMap): void {
    this.received.grpcTrailingMetadata = map;
    this.tell("proxy_on_grpc_receive_trailing_metadata", token, map.size);
    this.received.grpcTrailingMetadata = undefined;
  }

  grpcMessage(token: number, message: Buffer): void {
    this.received.grpcMessage = new ByteBuffer(message);
    this.vm.defer(() => {
      this.received.grpcMessage = undefined;
    });
    this.tell("proxy_on_grpc_receive", token, message.length);
  }

  /** `Context::onGrpcCloseWrapper`: a stream stays known until the filter closed its side too. */
  grpcClosed(callout: GrpcCallout, status: number, message: string): void {
    this.received.statusCode = status;
    this.received.statusMessage = toByteString(message);
    this.vm.defer(() => {
      this.received.statusMessage = "";
      if (callout.kind === "grpcCall" || callout.localClosed) this.grpcOver(callout);
    });
    this.tell("proxy_on_grpc_close", callout.token, status);
  }

  private tell(callback: string, token: number, value: number): void {
    this.vm.call(this, callback, this.id, token, value);
    this.vm.afterCall();
  }

  schedule(afterMs: number, fire: () => void): () => void {
    return this.vm.world.clock.schedule(afterMs, fire);
  }

  get now(): number {
    return this.vm.world.clock.now;
  }

  post(task: () => void): void {
    this.vm.world.post(task);
  }

  settle(): void {
    this.vm.world.settle();
  }

  /** `envoy_on_resolve_dns`; a name without addresses is an answer too. `ttl` in seconds. */
  resolved(token: number, addresses: readonly string[], ttl: number): void {
    if (!this.vm.contexts.has(this.id)) return;
    const data = encodeAddresses(addresses, ttl);
    this.lookedAt = readOnly(data);
    this.tell("envoy_on_resolve_dns", token, data.length);
  }

  /** `envoy_on_stats_update`, with what {@link encodeStats} made. */
  statsUpdate(stats: Buffer): void {
    this.lookedAt = readOnly(stats);
    this.vm.call(this, "envoy_on_stats_update", this.id, stats.length);
    this.vm.afterCall();
  }

  /** `proxy_on_log` of a plugin that is an access logger: the stream's headers and properties can be read meanwhile. */
  accessLog(final: FinalMaps, property: (name: string) => PropertyValue | undefined): void {
    this.accessLogPhase = true;
    this.logged = { final, property };
    this.vm.call(this, "proxy_on_log", this.id);
    this.vm.afterCall();
    this.accessLogPhase = false;
    this.logged = undefined;
  }

  override readableMap(type: number): HeaderMap | undefined {
    const final = this.logged?.final;
    if (type === MapType.RequestHeaders) return final?.request;
    if (type === MapType.ResponseHeaders) return final?.response;
    return type === MapType.ResponseTrailers ? final?.responseTrailers : super.readableMap(type);
  }

  /** `proxy_on_queue_ready`. */
  queueReady(token: number): void {
    this.vm.call(this, "proxy_on_queue_ready", this.id, token);
    this.vm.afterCall();
  }

  override incoming(): Incoming {
    return this.received;
  }

  override buffer(type: number): GuestBuffer | undefined {
    if (type !== BufferType.PluginConfiguration) return super.buffer(type);
    return this.configurable ? readOnly(this.plugin.config) : undefined;
  }

  override configuration(): Buffer {
    return this.configurable ? this.plugin.config : super.configuration();
  }

  override property(name: string): PropertyValue | undefined {
    if (name === "plugin_name") return this.plugin.name;
    if (name === "plugin_root_id") return this.plugin.rootId;
    return this.logged?.property(name) ?? super.property(name);
  }
}

function httpAnswer(cluster: Cluster, callout: HttpCallout): CalloutAnswer | undefined {
  if (cluster === "down") return "reset";
  const http = typeof cluster === "object" && "grpc" in cluster ? (cluster.http ?? "unreachable") : cluster;
  return typeof http === "function" ? http(callout.request, callout) : http;
}

function grpcAnswer(cluster: Cluster, callout: GrpcCallout): GrpcOutcome | undefined {
  if (typeof cluster !== "object" || !("grpc" in cluster)) return { status: 14 };
  return typeof cluster.grpc === "function" ? cluster.grpc(callout) : cluster.grpc;
}

const UNAVAILABLE = 14;
