import { imports } from "./filters.js";

/** A module that uses all of the SDK in every callback; root ids `http` and `network`. */
export const everything = `${imports}
const counter = new Counter("everything.counter");

class Root extends RootContext {
  state: i32 = 0;
  onStart(): bool { log.debug("start"); return true; }
  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    log.info(json.isInvalid ? json.error : json.source());
    this.state = <i32>json.get("a").at(0).asInt(1) + <i32>json.get("b").asFloat(2) + json.get("c").asString("").length;
    this.state += json.keys().length + configuration.text().length + configuration.bytes().length;
    return !json.get("refuse").asBool();
  }
  onDone(): void { log.trace("done"); }
  onLog(): void { log.warn("log"); }
  onDelete(): void { log.error("delete"); }
}

class Http extends HttpFilter<Root> {
  kept: HeaderList | null = null;
  onRequestHeaders(headers: RequestHeaders, end: bool): Action {
    if (headers.has("x-a")) log.info("has");
    const value = headers.get("x-a");
    if (value == null && headers.status == Status.Ok) log.critical("LIE: null and Ok");
    if (value != null && headers.status != Status.Ok) log.critical("LIE: a value and no Ok");
    const bytes = headers.getBytes("x-b");
    if ((bytes == null) == (headers.status == Status.Ok)) log.critical("LIE: bytes");
    if (headers.equals("x-c", "c") && headers.status != Status.Ok) log.critical("LIE: equal and no Ok");
    const all = headers.all();
    if (headers.status != Status.Ok && all.length) log.critical("LIE: headers and no Ok");
    for (let i = -1; i <= all.length; i++) {
      const entry = all.at(i);
      if (entry == null) continue;
      if (entry.isNamed(":path")) log.info(entry.name + entry.value);
      headers.addBytes(entry.name + this.root.state.toString(), entry.rawValue);
    }
    this.kept = all;
    headers.set("x-value", value ? value : "none");
    headers.setBytes("x-bytes", bytes ? bytes : new Uint8Array(0));
    headers.add("x-added", all.get("x-d") == null ? "absent" : "there");
    headers.remove("x-removed");
    headers.setAll(all.add("x", "y"));
    if (counter.increment() != Status.Ok) log.warn("not counted");
    if (end) return this.respond(403, "no", new HeaderList().add("x-why", "no"), "details");
    return Action.Continue;
  }
  onResponseHeaders(headers: ResponseHeaders, end: bool): Action {
    headers.set("x-state", this.root.state.toString());
    const kept = this.kept;
    if (kept) headers.setAll(kept);
    return headers.equals(":status", "503") ? this.respond(200) : Action.Continue;
  }
  onDone(): void { log.trace("done"); }
  onLog(): void { counter.increment(2); }
  onDelete(): void { log.trace("delete"); }
}

class Network extends NetworkFilter<Root> {
  pass(data: StreamData, size: u32, end: bool): Action {
    const bytes = data.bytes();
    if ((bytes == null) == (data.status == Status.Ok)) log.critical("LIE: bytes");
    const text = data.text();
    if ((text == null) == (data.status == Status.Ok)) log.critical("LIE: text");
    if (bytes) data.replaceBytes(bytes);
    if (text) data.replace(text);
    data.prepend("<" + size.toString());
    data.append(">");
    return end ? Action.Pause : Action.Continue;
  }
  onNewConnection(): Action { counter.increment(); return Action.Continue; }
  onDownstreamData(data: StreamData, size: u32, end: bool): Action { return this.pass(data, size, end); }
  onUpstreamData(data: StreamData, size: u32, end: bool): Action { return this.pass(data, size, end); }
  onDownstreamClose(peer: PeerType): void { log.info(peer.toString()); }
  onUpstreamClose(peer: PeerType): void { log.info(peer.toString()); }
  onDone(): void { log.trace("done"); }
}

registerHttpFilter<Http, Root>("http");
registerNetworkFilter<Network, Root>("network");
`;
