import {
  Action,
  clock,
  Counter,
  foreignFunctions,
  Gauge,
  GrpcStatus,
  HeaderList,
  Histogram,
  HttpCallAnswer,
  HttpCallHandler,
  HttpFilter,
  log,
  PluginConfiguration,
  properties,
  registerHttpFilter,
  RequestHeaders,
  ResponseHeaders,
  RootContext,
  sharedData,
  SharedQueue,
  Status,
  StreamData,
} from "@meshwasm/sdk/assembly";

const counter = new Counter("world.counter");
const gauge = new Gauge("world.gauge");
const histogram = new Histogram("world.histogram");

class World extends RootContext {
  /** The request that the next tick lets go on. */
  waiting: WorldFilter | null = null;
  inbox: SharedQueue | null = null;

  onConfigure(configuration: PluginConfiguration): bool {
    this.setTickPeriod(20);
    this.inbox = SharedQueue.open("inbox");
    return true;
  }

  onTick(): void {
    const waiting = this.waiting;
    if (!waiting) return;
    this.waiting = null;
    waiting.resumeRequest();
  }

  onQueueReady(token: u32): void {
    const inbox = this.inbox!;
    const message = inbox.pop();
    log.info((token == inbox.token ? "the inbox has " : "a queue has ") + (message ? message : "nothing"));
  }
}

function utf8(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

class Verdict extends HttpCallHandler {
  constructor(private filter: WorldFilter) {
    super();
  }

  onAnswer(answer: HttpCallAnswer): void {
    const reason = answer.headers.get("x-reason");
    const body = answer.body.text();
    if (answer.status == 200) this.filter.resumeRequest();
    else
      this.filter.respond(
        403,
        (reason ? reason : "?") + " " + (body ? body : "?") + " " + answer.size.toString(),
      );
  }
}

class WorldFilter extends HttpFilter<World> {
  path: string = "";

  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    const path = headers.get(":path");
    this.path = path ? path : "";
    if (this.path == "/body") headers.remove("content-length");
    if (this.path == "/wait") {
      this.root.waiting = this;
      return Action.Pause;
    }
    if (this.path == "/call/bytes") return this.askInBytes();
    if (this.path.startsWith("/call")) return this.ask();
    if (this.path == "/bytes") return this.respondBytes(200, utf8("a\0b"));
    if (this.path.startsWith("/package.Service/")) {
      return this.respondGrpc(GrpcStatus.PermissionDenied, "not you");
    }
    if (this.path == "/ends") headers.remove("content-length");
    if (this.path == "/nowhere") {
      const none = this.call("nowhere", new HeaderList().add(":method", "GET"), new Verdict(this));
      headers.set("x-status", (<i32>none).toString());
    }
    if (this.path == "/shared") this.share(headers);
    if (this.path == "/queue") {
      this.root.inbox!.push("a message");
      const found = SharedQueue.find("inbox");
      headers.set("x-same", found.token == this.root.inbox!.token ? "yes" : "no");
      headers.set("x-missing", (<i32>SharedQueue.find("missing").status).toString());
    }
    if (this.path == "/metrics") {
      counter.increment(3);
      gauge.set(10);
      gauge.add(-4);
      headers.set("x-histogram", (<i32>histogram.record(7)).toString());
      headers.set("x-counter", counter.value.toString());
      headers.set("x-gauge", gauge.value.toString());
    }
    if (this.path == "/properties") {
      const name = properties.getString(["plugin_root_id"]);
      headers.set("x-root-id", name ? name : "null");
      const seen = properties.getString(["request", "path"]);
      headers.set("x-request-path", seen ? seen : "null");
      const absent = properties.getBytes(["no", "such"]);
      headers.set(
        "x-absent",
        absent == null && properties.status == Status.NotFound ? "null, NotFound" : "wrong",
      );
      headers.set("x-port", properties.getInt(["source", "port"]) > 0 ? "there" : "missing");
      headers.set("x-mtls", properties.getBool(["connection", "mtls"], true) ? "true" : "false");
    }
    if (this.path == "/clock") {
      headers.set("x-clock", clock.milliseconds() > 1_600_000_000_000 ? "after 2020" : "before");
      headers.set(
        "x-agree",
        clock.nanoseconds() / 1_000_000_000 - clock.milliseconds() / 1000 < 2 ? "yes" : "no",
      );
    }
    if (this.path == "/foreign") {
      const answer = foreignFunctions.call("no_such_function", new Uint8Array(0));
      headers.set(
        "x-unknown",
        answer == null && foreignFunctions.status == Status.NotFound ? "null, NotFound" : "wrong",
      );
      headers.set("x-route", (<i32>foreignFunctions.clearRouteCache()).toString());
    }
    return Action.Continue;
  }

  onRequestBody(body: StreamData, size: u32, endOfStream: bool): Action {
    if (this.path == "/ends" && size > 0) {
      body.prependBytes(utf8("<"));
      body.appendBytes(utf8(">"));
    }
    if (this.path != "/body") return Action.Continue;
    if (!endOfStream) return Action.Pause;
    const text = body.text();
    const first = body.slice(0, 3);
    body.replace((text ? text.toUpperCase() : "") + (first ? first.length.toString() : ""));
    return Action.Continue;
  }

  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    if (this.path == "/body") headers.remove("content-length");
    return Action.Continue;
  }

  onResponseBody(body: StreamData, size: u32, endOfStream: bool): Action {
    if (this.path == "/body" && endOfStream) body.append(" [seen]");
    return Action.Continue;
  }

  private ask(): Action {
    const headers = new HeaderList()
      .add(":method", "POST")
      .add(":path", this.path)
      .add(":authority", "callee");
    const sent = this.call("callee", headers, new Verdict(this), "who?", 1000);
    return sent == Status.Ok ? Action.Pause : this.respond(500, "not sent");
  }

  private askInBytes(): Action {
    const headers = new HeaderList()
      .add(":method", "POST")
      .add(":path", this.path)
      .add(":authority", "callee");
    const sent = this.callBytes("callee", headers, new Verdict(this), utf8("who?"), 1000);
    return sent == Status.Ok ? Action.Pause : this.respond(500, "not sent");
  }

  private share(headers: RequestHeaders): void {
    const absent = sharedData.get("never written");
    headers.set(
      "x-absent",
      absent == null && sharedData.status == Status.NotFound ? "null, NotFound" : "wrong",
    );
    sharedData.set("key", "one");
    const read = sharedData.get("key")!;
    headers.set("x-read", read.text);
    headers.set("x-swap", (<i32>sharedData.set("key", "two", read.version)).toString());
    headers.set("x-stale", (<i32>sharedData.set("key", "three", read.version)).toString());
    headers.set("x-final", sharedData.get("key")!.text);
  }
}

registerHttpFilter<WorldFilter, World>("world");
