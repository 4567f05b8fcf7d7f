// The ABI's exports. The SDK's transform adds this file to every build as an entry, and takes away again the
// callbacks that no registered filter overrides: see transform/.

import "./abort";
import { Action } from "./abi";
import { PluginConfiguration } from "./configuration";
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
import { requestHeaders, responseHeaders } from "./http/headers";
import { take } from "./memory/arena";
import { defineMetrics } from "./metrics";
import { downstreamData, upstreamData } from "./network/stream-data";

/** Says which ABI the module speaks. */
export function proxy_abi_version_0_2_1(): void {}

/** The host asks for room to put an answer in. */
export function proxy_on_memory_allocate(size: usize): usize {
  return take(size);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  enter();
  createContext(id, parent);
  leave();
}

export function proxy_on_vm_start(id: u32, configurationSize: u32): bool {
  enter();
  const root = findRoot(id);
  const started = root != null && root.onStart();
  leave();
  return started;
}

export function proxy_on_configure(id: u32, configurationSize: u32): bool {
  enter();
  const root = findRoot(id);
  defineMetrics();
  const configured = root != null && root.onConfigure(new PluginConfiguration(configurationSize));
  leave();
  return configured;
}

export function proxy_on_done(id: u32): bool {
  enter();
  const context = findContext(id);
  if (context) context.onDone();
  leave();
  return true;
}

export function proxy_on_log(id: u32): void {
  enter();
  const context = findContext(id);
  if (context) context.onLog();
  leave();
}

export function proxy_on_delete(id: u32): void {
  enter();
  const context = findContext(id);
  if (context) {
    context.onDelete();
    deleteContext(id);
  }
  leave();
}

export function proxy_on_request_headers(id: u32, count: u32, endOfStream: u32): u32 {
  enter();
  const stream = findHttpStream(id);
  const action = stream ? stream.onRequestHeaders(requestHeaders, endOfStream != 0) : Action.Continue;
  leave();
  return action;
}

export function proxy_on_response_headers(id: u32, count: u32, endOfStream: u32): u32 {
  enter();
  const stream = findHttpStream(id);
  const action = stream ? stream.onResponseHeaders(responseHeaders, endOfStream != 0) : Action.Continue;
  leave();
  return action;
}

export function proxy_on_new_connection(id: u32): u32 {
  enter();
  const stream = findNetworkStream(id);
  const action = stream ? stream.onNewConnection() : Action.Continue;
  leave();
  return action;
}

export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  enter();
  const stream = findNetworkStream(id);
  const action = stream ? stream.onDownstreamData(downstreamData, size, endOfStream != 0) : Action.Continue;
  leave();
  return action;
}

export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  enter();
  const stream = findNetworkStream(id);
  const action = stream ? stream.onUpstreamData(upstreamData, size, endOfStream != 0) : Action.Continue;
  leave();
  return action;
}

export function proxy_on_downstream_connection_close(id: u32, peer: u32): void {
  enter();
  const stream = findNetworkStream(id);
  if (stream) stream.onDownstreamClose(peer);
  leave();
}

export function proxy_on_upstream_connection_close(id: u32, peer: u32): void {
  enter();
  const stream = findNetworkStream(id);
  if (stream) stream.onUpstreamClose(peer);
  leave();
}
