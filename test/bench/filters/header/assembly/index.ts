import { Action, Counter, HttpFilter, registerHttpFilter, RequestHeaders } from "@meshwasm/sdk/assembly";

const counted = new Counter("bench.counted");

class Header extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const value = headers.get("x-in");
    headers.set("x-out", value ? value : "none");
    counted.increment();
    headers.add("x-more", "1");
    return Action.Continue;
  }
}

registerHttpFilter<Header>("header");
