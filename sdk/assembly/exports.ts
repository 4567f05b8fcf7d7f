// The ABI's exports. The SDK's transform adds this file to every build as an entry, and takes away again the
// callbacks that no registered filter overrides: see transform/.

import "./abort";
import { Action, BufferType } from "./abi";
import { PluginConfiguration } from "./configuration";
import { addressesCame } from "./dns";
import {
  createContext,
  deleteContext,
  enter,
  findContext,
  findHttpStream,
  findNetworkStream,
  findRoot,
  leave,
} from "./dispatch/dispatcher";
import { runBeforeConfigure } from "./dispatch/hooks";
import { grpcBegun, grpcEnded, grpcEnding, grpcReceived } from "./dispatch/open-grpc";
import { finishCall } from "./dispatch/pending-calls";
import { requestHeaders, requestTrailers, responseHeaders, responseTrailers } from "./http/headers";
import { HttpCallAnswer } from "./http/http-call";
import { takeForHost } from "./memory/arena";
import { StatsSnapshot } from "./stats";
import { downstreamData, requestBody, responseBody, StreamData, upstreamData } from "./stream-data";

/** Says which ABI the module speaks. */
export function proxy_abi_version_0_2_1(): void {}

/** The host asks for room to put an answer in. */
export function proxy_on_memory_allocate(size: usize): usize {
  return takeForHost(size);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  const before = enter(id);
  createContext(id, parent);
  leave(before);
}

export function proxy_on_vm_start(id: u32, configurationSize: u32): bool {
  const before = enter(id);
  const root = findRoot(id);
  const started = root != null && root.onStart();
  leave(before);
  return started;
}

export function proxy_on_configure(id: u32, configurationSize: u32): bool {
  const before = enter(id);
  const root = findRoot(id);
  runBeforeConfigure(id);
  const configured = root != null && root.onConfigure(new PluginConfiguration(configurationSize));
  leave(before);
  return configured;
}

export function proxy_on_done(id: u32): bool {
  const before = enter(id);
  const context = findContext(id);
  if (context) context.onDone();
  const root = findRoot(id);
  const isDone = !root || !root.endsLater;
  leave(before);
  return isDone;
}

export function proxy_on_log(id: u32): void {
  const before = enter(id);
  const context = findContext(id);
  if (context) context.onLog();
  leave(before);
}

export function proxy_on_delete(id: u32): void {
  const before = enter(id);
  const context = findContext(id);
  if (context) {
    context.onDelete();
    deleteContext(id);
  }
  leave(before);
}

export function proxy_on_request_headers(id: u32, count: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onRequestHeaders(requestHeaders, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_request_body(id: u32, size: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onRequestBody(requestBody, size, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onRequestTrailers(requestTrailers) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_response_headers(id: u32, count: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onResponseHeaders(responseHeaders, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_response_body(id: u32, size: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onResponseBody(responseBody, size, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  const action = stream ? stream.onResponseTrailers(responseTrailers) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_foreign_function(id: u32, functionId: u32, size: u32): void {
  const before = enter(id);
  const context = findContext(id);
  if (context) context.onForeignFunction(functionId, new StreamData(BufferType.CallData), size);
  leave(before);
}

export function proxy_on_http_call_response(
  id: u32,
  token: u32,
  headers: u32,
  bodySize: u32,
  trailers: u32,
): void {
  const before = enter(id);
  finishCall(token, new HttpCallAnswer(headers, bodySize, trailers));
  leave(before);
}

export function proxy_on_grpc_receive_initial_metadata(id: u32, token: u32, count: u32): void {
  const before = enter(id);
  grpcBegun(token);
  leave(before);
}

export function proxy_on_grpc_receive(id: u32, token: u32, size: u32): void {
  const before = enter(id);
  grpcReceived(token, size);
  leave(before);
}

export function proxy_on_grpc_receive_trailing_metadata(id: u32, token: u32, count: u32): void {
  const before = enter(id);
  grpcEnding(token);
  leave(before);
}

export function proxy_on_grpc_close(id: u32, token: u32, status: u32): void {
  const before = enter(id);
  grpcEnded(token, status);
  leave(before);
}

export function proxy_validate_configuration(id: u32, configurationSize: u32): bool {
  const before = enter(id);
  const root = findRoot(id);
  const isValid = root != null && root.onValidate(new PluginConfiguration(configurationSize));
  leave(before);
  return isValid;
}

export function envoy_on_resolve_dns(id: u32, token: u32, size: u32): void {
  const before = enter(id);
  addressesCame(token, size);
  leave(before);
}

export function envoy_on_stats_update(id: u32, size: u32): void {
  const before = enter(id);
  const root = findRoot(id);
  if (root) root.onStats(new StatsSnapshot());
  leave(before);
}

export function proxy_on_request_metadata(id: u32, count: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  if (stream) stream.onRequestMetadata(count);
  leave(before);
  return Action.Continue;
}

export function proxy_on_response_metadata(id: u32, count: u32): u32 {
  const before = enter(id);
  const stream = findHttpStream(id);
  if (stream) stream.onResponseMetadata(count);
  leave(before);
  return Action.Continue;
}

export function proxy_on_tick(id: u32): void {
  const before = enter(id);
  const root = findRoot(id);
  const ticker = root ? root.ticker : null;
  if (ticker) ticker.tick();
  else if (root) root.onTick();
  leave(before);
}

export function proxy_on_queue_ready(id: u32, token: u32): void {
  const before = enter(id);
  const root = findRoot(id);
  if (root) root.onQueueReady(token);
  leave(before);
}

export function proxy_on_new_connection(id: u32): u32 {
  const before = enter(id);
  const stream = findNetworkStream(id);
  const action = stream ? stream.onNewConnection() : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findNetworkStream(id);
  const action = stream ? stream.onDownstreamData(downstreamData, size, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  const before = enter(id);
  const stream = findNetworkStream(id);
  const action = stream ? stream.onUpstreamData(upstreamData, size, endOfStream != 0) : Action.Continue;
  leave(before);
  return action;
}

export function proxy_on_downstream_connection_close(id: u32, peer: u32): void {
  const before = enter(id);
  const stream = findNetworkStream(id);
  if (stream) stream.onDownstreamClose(peer);
  leave(before);
}

export function proxy_on_upstream_connection_close(id: u32, peer: u32): void {
  const before = enter(id);
  const stream = findNetworkStream(id);
  if (stream) stream.onUpstreamClose(peer);
  leave(before);
}
