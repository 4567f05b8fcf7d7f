import { HttpFilter, ResponseHeaders, Action, registerHttpFilter } from "@meshwasm/sdk/assembly";

class Hello extends HttpFilter {
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-hello", "world");
    return Action.Continue;
  }
}
registerHttpFilter<Hello>("minimal");
