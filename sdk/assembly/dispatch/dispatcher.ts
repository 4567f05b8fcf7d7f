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
import { Registration, findRegistration, registeredIds } from "./registry";

const contexts = new ContextTable();
/** The registration of each root context, by place; a plugin that no filter answers to has none. */
const roots: RootContext[] = [];
const rootRegistrations: Registration[] = [];
/** Callbacks on the stack: a hostcall may call back before it returns. */
let depth: u32 = 0;

// @ts-ignore: decorator
@inline
export function enter(): void {
  depth++;
}

/** The last act of each callback. */
// @ts-ignore: decorator
@inline
export function leave(): void {
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
  contexts.add(root);
  roots.push(root);
  rootRegistrations.push(registration);
}

function createStream(id: u32, parent: u32): void {
  for (let i = 0; i < roots.length; i++) {
    const root = roots[i];
    if (root.id != parent) continue;
    const stream = rootRegistrations[i].createStream(root);
    stream.id = id;
    contexts.add(stream);
    return;
  }
}

/** Forgets a context; its last callback has returned. */
export function deleteContext(id: u32): void {
  contexts.remove(id);
  for (let i = 0; i < roots.length; i++) {
    if (roots[i].id != id) continue;
    roots.splice(i, 1);
    rootRegistrations.splice(i, 1);
    return;
  }
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
