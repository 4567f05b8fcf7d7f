import { imports } from "./filters.js";

/** A module that uses all of the SDK in every callback; root ids `http` and `network`. */
export const everything = `${imports}
const counter = new Counter("everything.counter");
const gauge = new Gauge("everything.gauge");
const histogram = new Histogram("everything.histogram");

/** A buffer, read and changed in every way. */
function use(data: StreamData, size: u32): void {
  const bytes = data.bytes();
  if ((bytes == null) == (data.status == Status.Ok)) log.critical("LIE: bytes");
  const text = data.text();
  if ((text == null) == (data.status == Status.Ok)) log.critical("LIE: text");
  const part = data.slice(1, size);
  if ((part == null) == (data.status == Status.Ok)) log.critical("LIE: slice");
  if (bytes) data.replaceBytes(bytes);
  if (text) data.replace(text);
  data.prepend("<" + size.toString());
  data.append(">");
  if (part) data.appendBytes(part);
  if (part) data.prependBytes(part);
}

/** What is around a stream. */
function useWorld(): void {
  gauge.set(<u64>clock.milliseconds());
  gauge.add(-1);
  histogram.record(clock.nanoseconds() + gauge.value + counter.value);
  const shared = sharedData.get("key");
  if ((shared == null) == (sharedData.status == Status.Ok)) log.critical("LIE: shared");
  if (shared) sharedData.setBytes(shared.text, shared.bytes, shared.version);
  sharedData.set("key", "value");
  const queue = SharedQueue.open("queue");
  const message = queue.popBytes();
  if ((message == null) == (queue.status == Status.Ok)) log.critical("LIE: queue");
  if (message) SharedQueue.find("queue", "vm").pushBytes(message);
  const next = queue.pop();
  queue.push(next ? next : "none");
  const answer = foreignFunctions.call("anything", new Uint8Array(3));
  if ((answer == null) == (foreignFunctions.status == Status.Ok)) log.critical("LIE: foreign");
  foreignFunctions.clearRouteCache();
  const property = properties.getBytes(["a", "b"]);
  if ((property == null) == (properties.status == Status.Ok)) log.critical("LIE: property");
  const sum = properties.getInt(["c"], 1) + <i64>properties.getFloat(["d"], 2) + (properties.getBool(["e"]) ? 1 : 0);
  const name = properties.getString(["f"]);
  log.info(sum.toString() + (name ? name : ""));
}

class Handler extends HttpCallHandler {
  constructor(private filter: Http) { super(); }
  onAnswer(answer: HttpCallAnswer): void {
    if (answer.failed && answer.status != 0) log.critical("LIE: failed with a status");
    use(answer.body, answer.size);
    answer.headers.all();
    answer.trailers.get("x");
    this.filter.resumeRequest();
    this.filter.resumeResponse();
  }
}

class Call extends GrpcCallHandler {
  constructor(private filter: Http) { super(); }
  onAnswer(message: StreamData, size: u32): void {
    use(message, size);
    const bytes = message.bytes();
    if (bytes) readFields(bytes, 0);
    this.filter.resumeRequest();
  }
  onFailure(status: GrpcStatus, message: string): void { log.info(status.toString() + message); this.filter.respond(503); }
}

class Talk extends GrpcStreamHandler {
  constructor(private filter: Http) { super(); }
  onInitialMetadata(metadata: AnswerHeaders): void { metadata.all(); this.sendText("one"); }
  onMessage(message: StreamData, size: u32): void { use(message, size); if (size == 7) this.cancel(); else this.close(); }
  onTrailingMetadata(metadata: AnswerHeaders): void { metadata.getAll("x"); }
  onClose(status: GrpcStatus, message: string): void { if (this.isOpen) log.critical("LIE: open"); this.filter.reset(); }
}

class Addresses extends DnsHandler {
  constructor(private filter: Http) { super(); }
  onAddresses(addresses: DnsAddress[]): void {
    for (let i = 0; i < addresses.length; i++) log.info(addresses[i].address + addresses[i].ttlSeconds.toString());
    this.filter.resumeRequest();
  }
}

class Group extends CallGroup {
  constructor(filter: Http) { super(filter); }
  onAnswers(): void { for (let i = 0; i < this.answers.length; i++) log.info(this.answers[i].status.toString() + this.answers[i].body.length.toString()); }
}

/** Any bytes at all, as a protobuf message. */
function readFields(bytes: Uint8Array, depth: i32): void {
  const fields = new ProtobufReader(bytes);
  while (fields.next()) {
    log.info(fields.field.toString() + fields.text() + fields.integer().toString() + fields.float().toString());
    if (depth < 3) readFields(fields.data(), depth + 1);
  }
}

/** What else Envoy offers. */
function useEnvoy(http: Http): void {
  const text = "text" + clock.milliseconds().toString();
  const message = new ProtobufWriter().text(1, text).signed(2, -1).double(3, 0.5).bytes;
  http.grpcCall("cluster", "service", "method", message, new Call(http), new HeaderList().add("a", "b"));
  http.grpcStream("cluster", "service", "method", new Talk(http));
  http.callBytes("cluster", new HeaderList(), new Handler(http), message, 0);
  http.resolveDns("name", new Addresses(http));
  const group = new Group(http);
  group.call("cluster", new HeaderList());
  group.call("cluster", new HeaderList());
  const small = foreignFunctions.compress(message);
  if (small) foreignFunctions.uncompress(small);
  foreignFunctions.setFilterState("name", "value");
  foreignFunctions.declareProperty("name");
  foreignFunctions.verifySignature("sha256", message, message, message);
  const expression = new Expression("1 + 1");
  expression.evaluateText();
  if (expression.evaluateBool() && expression.evaluateInt() == 7) log.info("7");
  expression.delete();
  attributes.request.header("x");
  log.info(attributes.response.code(-1).toString() + (attributes.connection.mtls() ? "mtls" : ""));
  const map = properties.getMap(["request", "headers"]);
  if (map) map.getAll("x");
  properties.set(["a", "b"], "c");
  if (sharedData.add("sum", 2) == 0 && sharedData.status == Status.Ok) log.info("0");
  if (log.isOn(LogLevel.Info)) log.info(http.keepRequestHeaders().length.toString());
}

class Root extends RootContext {
  state: i32 = 0;
  onStart(): bool { log.debug("start"); return this.vmConfiguration.text() != "refuse"; }
  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    log.info(json.isInvalid ? json.error : json.source());
    this.state = <i32>json.get("a").at(0).asInt(1) + <i32>json.get("b").asFloat(2) + json.get("c").asString("").length;
    this.state += json.keys().length + configuration.text().length + configuration.bytes().length;
    return !json.get("refuse").asBool();
  }
  onTick(): void { useWorld(); this.setTickPeriod(5); if (this.state > 50) this.startTimer("a", 5); }
  onTimer(name: string): void { this.stopTimer(name); this.startTimer(name + "b", 1, false); }
  onStats(stats: StatsSnapshot): void { for (let i = 0; i < stats.counters.length; i++) log.info(stats.counters[i].name); }
  onValidate(configuration: PluginConfiguration): bool { return configuration.size == 7; }
  onQueueReady(token: u32): void { useWorld(); log.info(token.toString()); }
  onDone(): void { log.trace("done"); this.delayEnd(); this.end(); }
  onLog(): void { log.warn("log"); this.requestHeaders.all(); this.responseTrailers.get("x"); }
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
    useWorld();
    useEnvoy(this);
    this.call("cluster", all, new Handler(this), "body", 100);
    if (end) return this.respond(403, "no", new HeaderList().add("x-why", "no"), "details");
    return Action.Continue;
  }
  onResponseHeaders(headers: ResponseHeaders, end: bool): Action {
    headers.set("x-state", this.root.state.toString());
    const kept = this.kept;
    if (kept) headers.setAll(kept);
    return headers.equals(":status", "404") ? this.respondGrpc(GrpcStatus.NotFound, "no") : headers.equals(":status", "503") ? this.respondBytes(200, new Uint8Array(3)) : Action.Continue;
  }
  onRequestBody(body: StreamData, size: u32, end: bool): Action { use(body, size); return Action.Continue; }
  onResponseBody(body: StreamData, size: u32, end: bool): Action { use(body, size); return Action.Pause; }
  onRequestMetadata(count: u32): void { log.info(count.toString()); }
  onResponseMetadata(count: u32): void { this.responseHeaders.set("x", "y"); }
  onForeignFunction(functionId: u32, data: StreamData, size: u32): void { log.info(functionId.toString()); use(data, size); }
  onRequestTrailers(trailers: RequestTrailers): Action { trailers.all(); this.resumeRequest(); return Action.Continue; }
  onResponseTrailers(trailers: ResponseTrailers): Action { trailers.add("a", "b"); this.reset(); return Action.Pause; }
  onDone(): void { log.trace("done"); }
  onLog(): void { counter.increment(2); }
  onDelete(): void { log.trace("delete"); }
}

class Network extends NetworkFilter<Root> {
  pass(data: StreamData, size: u32, end: bool): Action {
    use(data, size);
    this.resumeDownstream();
    if (size == 7) this.close();
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
