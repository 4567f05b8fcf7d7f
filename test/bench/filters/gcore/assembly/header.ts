// What filters/header does, with the AssemblyScript SDK of G-Core.

export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy";

import {
  Context,
  Counter,
  FilterHeadersStatusValues,
  RootContext,
  registerRootContext,
  stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly";

// Envoy has no place for a metric before a plugin is configured: at the top level this would crash it.
let counted: Counter | null = null;

class Root extends RootContext {
  onConfigure(size: u32): bool {
    counted = new Counter("bench.counted");
    return super.onConfigure(size);
  }

  createContext(id: u32): Context {
    return new Header(id, this);
  }
}

class Header extends Context {
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    const headers = stream_context.headers.request;
    const value = headers.get("x-in");
    headers.replace("x-out", value.length > 0 ? value : "none");
    counted!.increment(1);
    headers.add("x-more", "1");
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((id: u32) => new Root(id), "header");
