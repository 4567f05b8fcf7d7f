import { Action, HttpFilter, Regex, registerHttpFilter, RequestHeaders } from "@meshwasm/sdk/assembly";

const items = Regex.compile("^/api/v([0-9]+)/users/([0-9a-f-]{36})/items");

class Path extends HttpFilter {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const path = headers.get(":path");
    const match = path ? items.find(path) : null;
    if (!match) return this.respond(404);
    headers.set("x-user", match.group(2)!);
    return Action.Continue;
  }
}

registerHttpFilter<Path>("regex");
