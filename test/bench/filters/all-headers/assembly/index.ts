import { Action, HttpFilter, registerHttpFilter, RequestHeaders } from "@meshwasm/sdk/assembly";

class AllHeaders extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const all = headers.all();
    if (!all.get("x-header-3") || !all.get("x-header-15") || !all.get("x-header-27"))
      return this.respond(400);
    return Action.Continue;
  }
}

registerHttpFilter<AllHeaders>("all-headers");
