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

const counted = new Counter("bench.counted");

class Root extends RootContext {
  createContext(id: u32): Context {
    return new Header(id, this);
  }
}

class Header extends Context {
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    const headers = stream_context.headers.request;
    const value = headers.get("x-in");
    headers.replace("x-out", value.length > 0 ? value : "none");
    counted.increment(1);
    headers.add("x-more", "1");
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((id: u32) => new Root(id), "header");
