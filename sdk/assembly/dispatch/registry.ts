import { Context } from "../context/context";
import { HttpFilter } from "../context/http-filter";
import { NetworkFilter } from "../context/network-filter";
import { RootContext } from "../context/root-context";
import { StreamContext } from "../context/stream-context";

/** Makes the contexts of one registered filter. */
export abstract class Registration {
  /** The one that was registered before it. */
  readonly before: Registration | null = last;

  constructor(readonly rootId: string) {}
  abstract createRoot(): RootContext;
  abstract createStream(root: RootContext): Context;
}

class FilterRegistration<T extends StreamContext, R extends RootContext> extends Registration {
  createRoot(): RootContext {
    return instantiate<R>();
  }

  createStream(root: RootContext): Context {
    const stream = instantiate<T>();
    stream.rootContext = root;
    return stream;
  }
}

/** The filter that was registered last. A list of the SDK's own: the standard Array is larger than all of this file. */
let last: Registration | null = null;

/**
 * Makes `T` the HTTP filter of the root id `rootId` (in filter.yaml `rootId`, by default the filter's name). Call it
 * at the top level of assembly/index.ts. `R` reads the configuration; without it there is none to read.
 */
export function registerHttpFilter<T extends HttpFilter<R>, R extends RootContext = RootContext>(
  rootId: string,
): void {
  last = new FilterRegistration<T, R>(rootId);
}

/** Makes `T` the network filter of the root id `rootId`; otherwise like `registerHttpFilter`. */
export function registerNetworkFilter<T extends NetworkFilter<R>, R extends RootContext = RootContext>(
  rootId: string,
): void {
  last = new FilterRegistration<T, R>(rootId);
}

/**
 * The filter registered as `rootId`. An empty id, which is what Envoy has when none was configured, finds the only
 * filter of a module that has one.
 */
export function findRegistration(rootId: string): Registration | null {
  let found: Registration | null = null;
  let registration = last;
  while (registration) {
    // Of two with the same id the first counts.
    if (registration.rootId == rootId) found = registration;
    registration = registration.before;
  }
  const only = last;
  return !found && rootId.length == 0 && only && !only.before ? only : found;
}

/** The ids of all filters of the module, for a message. */
export function registeredIds(): string {
  let ids = "";
  let registration = last;
  while (registration) {
    ids = "'" + registration.rootId + (ids.length ? "', " : "'") + ids;
    registration = registration.before;
  }
  return ids.length ? ids : "none";
}
