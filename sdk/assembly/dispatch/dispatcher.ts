import { Status } from "../abi";
import { Context, ContextKind } from "../context/context";
import { HttpStream } from "../context/http-filter";
import { NetworkStream } from "../context/network-filter";
import { RootContext } from "../context/root-context";
import { getProperty } from "../hostcalls/property";
import { log } from "../log";
import { reset } from "../memory/arena";
import { collectIfNeeded } from "../memory/collector";
import { returnedLength, returnedPtr } from "../memory/returned";
import { decodeUtf8 } from "../memory/utf8";
import { ContextTable } from "./context-table";
import { beginCallback, endCallback } from "./effective";
import { runAfterDelete } from "./hooks";
import { findRegistration, registeredIds } from "./registry";

const contexts = new ContextTable();
/** Callbacks on the stack: a hostcall may call back before it returns. */
let depth: u32 = 0;

/** The first act of each callback on the context `id`; what it returns is for `leave`. */
// @ts-ignore: decorator
@inline
export function enter(id: u32): u32 {
  depth++;
  return beginCallback(id);
}

/** The last act of each callback. */
// @ts-ignore: decorator
@inline
export function leave(before: u32): void {
  endCallback(before);
  if (--depth > 0) return;
  reset();
  collectIfNeeded();
}

/** A plugin (`parent` 0) or a stream of the plugin `parent` begins. */
export function createContext(id: u32, parent: u32): void {
  if (parent) createStream(id, parent);
  else createRoot(id);
}

function createRoot(id: u32): void {
  const rootId =
    getProperty("plugin_root_id") == Status.Ok ? decodeUtf8(returnedPtr(), returnedLength()) : "";
  const registration = findRegistration(rootId);
  if (!registration) {
    log.critical(
      "no filter is registered as root id '" + rootId + "'; registered in this module: " + registeredIds(),
    );
    return;
  }
  const root = registration.createRoot();
  root.id = id;
  root.registration = registration;
  contexts.add(root);
}

function createStream(id: u32, parent: u32): void {
  // A plugin that no filter answers to has no root context.
  const root = findRoot(parent);
  if (!root) return;
  const stream = root.registration!.createStream(root);
  stream.id = id;
  contexts.add(stream);
}

/** Forgets a context; its last callback has returned. */
export function deleteContext(id: u32): void {
  contexts.remove(id);
  runAfterDelete(id);
}

/** The context numbered `id`, of any kind; null when the host names one that it never created. */
export function findContext(id: u32): Context | null {
  return contexts.get(id);
}

export function findRoot(id: u32): RootContext | null {
  const context = contexts.get(id);
  return context && context.kind == ContextKind.Root ? changetype<RootContext>(context) : null;
}

export function findHttpStream(id: u32): HttpStream | null {
  const context = contexts.get(id);
  return context && context.kind == ContextKind.Http ? changetype<HttpStream>(context) : null;
}

export function findNetworkStream(id: u32): NetworkStream | null {
  const context = contexts.get(id);
  return context && context.kind == ContextKind.Network ? changetype<NetworkStream>(context) : null;
}
