// What filters/all-headers does, with the AssemblyScript SDK of G-Core.

export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy";

import {
  Context,
  FilterHeadersStatusValues,
  RootContext,
  registerRootContext,
  send_local_response,
  stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly";

const looked = ["x-header-3", "x-header-15", "x-header-27"];

class Root extends RootContext {
  createContext(id: u32): Context {
    return new AllHeaders(id, this);
  }
}

class AllHeaders extends Context {
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    const all = stream_context.headers.request.get_headers();
    let found = 0;
    for (let index = 0; index < all.length; index++) {
      if (looked.includes(String.UTF8.decode(all[index].key))) found++;
    }
    if (found == looked.length) return FilterHeadersStatusValues.Continue;
    send_local_response(400, "", new ArrayBuffer(0), [], -1);
    return FilterHeadersStatusValues.StopIteration;
  }
}

registerRootContext((id: u32) => new Root(id), "all-headers");
