import {
  Action,
  HttpFilter,
  Json,
  JsonWriter,
  registerHttpFilter,
  ResponseHeaders,
  StreamData,
} from "@meshwasm/sdk/assembly";

class JsonBody extends HttpFilter {
  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.remove("content-length");
    return Action.Continue;
  }

  onResponseBody(body: StreamData, size: u32, endOfStream: bool): Action {
    if (!endOfStream) return Action.Pause;
    const bytes = body.bytes();
    const document = Json.parse(bytes ? bytes : new Uint8Array(0));
    const count = document.get("count");
    body.replaceBytes(document.replaced(count, new JsonWriter().int(count.asInt() + 1).bytes()));
    return Action.Continue;
  }
}

registerHttpFilter<JsonBody>("json");
