import {
  Action,
  Counter,
  DnsAddress,
  DnsHandler,
  Gauge,
  HttpFilter,
  log,
  LogLevel,
  PluginConfiguration,
  registerHttpFilter,
  RequestHeaders,
  RequestTrailers,
  ResponseHeaders,
  ResponseTrailers,
  RootContext,
  StatsSnapshot,
  StreamData,
} from "@meshwasm/sdk/assembly";

const requests = new Counter("extras.requests");
const level = new Gauge("extras.level");

/** What Envoy is asked to do with this plugin; see test/e2e/tables/extras.ts. */
class Extras extends RootContext {
  role: string = "";
  /** What the VM's configuration says, and its size. */
  private vm: string = "";
  private sawStats: bool = false;
  private grown: u64 = 0;
  /** Whether it had a stream: Envoy starts every plugin in VMs that have none, too. */
  served: bool = false;
  /** The request that the next tick lets go on. */
  waiting: ExtrasFilter | null = null;

  onStart(): bool {
    const configuration = this.vmConfiguration;
    this.vm = configuration.json().get("of").asString() + " " + configuration.size.toString();
    return true;
  }

  onConfigure(configuration: PluginConfiguration): bool {
    this.role = configuration.json().get("role").asString();
    if (this.role == "wait") this.setTickPeriod(20);
    return true;
  }

  onValidate(configuration: PluginConfiguration): bool {
    log.info("validated");
    return true;
  }

  onTick(): void {
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting) waiting.resumeRequest();
    if (this.endsLater) this.end();
  }

  onLog(): void {
    if (this.role != "access-log") return;
    const path = this.requestHeaders.get(":path");
    const status = this.responseHeaders.get(":status");
    const changed = this.responseHeaders.set("x", "y");
    log.info(
      "access: " + (path ? path : "?") + " " + (status ? status : "?") + " " + (<i32>changed).toString(),
    );
    if (path == "/vm") log.info(this.vm);
  }

  onStats(stats: StatsSnapshot): void {
    let counted: u64 = 0;
    let reached: u64 = 0;
    for (let i = 0; i < stats.counters.length; i++) {
      if (stats.counters[i].name != "wasmcustom.extras.requests") continue;
      this.grown += stats.counters[i].delta;
      counted = stats.counters[i].value;
    }
    for (let i = 0; i < stats.gauges.length; i++) {
      if (stats.gauges[i].name == "wasmcustom.extras.level") reached = stats.gauges[i].value;
    }
    if (this.sawStats || reached == 0 || counted != this.grown) return;
    this.sawStats = true;
    log.info("stats: " + counted.toString() + " requests, level " + reached.toString());
  }

  onDone(): void {
    if (!this.served || this.role != "slow-end") return;
    log.info("the end is near");
    this.delayEnd();
    this.setTickPeriod(20);
  }

  onDelete(): void {
    if (this.served && this.role == "slow-end") log.info("the end");
  }
}

class Addresses extends DnsHandler {
  constructor(private filter: ExtrasFilter) {
    super();
  }

  onAddresses(addresses: DnsAddress[]): void {
    this.filter.answered(addresses);
  }
}

class ExtrasFilter extends HttpFilter<Extras> {
  path: string = "";
  private headers: RequestHeaders | null = null;
  private seen: i32 = 0;
  private waits: bool = false;

  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    this.headers = headers;
    this.root.served = true;
    const path = headers.get(":path");
    this.path = path ? path : "";
    if (this.path == "/repeated") {
      headers.set("x-all", headers.getAll("x-tag").join("|"));
      headers.set("x-none", headers.getAll("x-absent").length.toString());
    }
    if (this.path == "/sizes") {
      const before = headers.byteSize;
      headers.set("x-four", "four");
      headers.set("x-grown", (headers.byteSize - before).toString());
    }
    if (this.path == "/level") {
      headers.set("x-level", (<i32>log.level()).toString());
      headers.set("x-debug", log.isOn(LogLevel.Debug) ? "on" : "off");
      headers.set("x-error", log.isOn(LogLevel.Error) ? "on" : "off");
    }
    if (this.path == "/reset") {
      this.reset();
      return Action.Pause;
    }
    if (this.path.startsWith("/dns/")) {
      const handler = new Addresses(this);
      headers.set("x-asked", (<i32>this.resolveDns(this.path.substring(5), handler)).toString());
      this.waits = handler.isOpen;
      return this.waits ? Action.Pause : Action.Continue;
    }
    if (this.path == "/late") return Action.Pause;
    if (this.path == "/wait") {
      this.root.waiting = this;
      return Action.PauseAll;
    }
    if (this.path == "/count") {
      level.set(7);
      requests.increment();
    }
    return Action.Continue;
  }

  /** The addresses of the path's name have come. */
  answered(addresses: DnsAddress[]): void {
    const headers = this.headers!;
    headers.set("x-found", addresses.length ? "yes" : "no");
    if (addresses.length) headers.set("x-address", addresses[0].address);
    // An answer that Envoy has at once comes before resolveDns returns.
    if (this.waits) this.resumeRequest();
  }

  onRequestBody(body: StreamData, size: u32, endOfStream: bool): Action {
    this.seen++;
    if (this.path == "/late" && endOfStream) {
      this.headers!.set("x-body", body.text()!);
      return Action.Continue;
    }
    if (this.path == "/late") return Action.Pause;
    if (this.path == "/body-length" && size > 0) {
      const before = body.length;
      body.append("..");
      log.info(
        "size " + size.toString() + ", length " + before.toString() + ", then " + body.length.toString(),
      );
    }
    return Action.Continue;
  }

  onRequestTrailers(trailers: RequestTrailers): Action {
    const sum = trailers.get("x-sum");
    trailers.set("x-sum", (sum ? sum : "none") + " seen");
    trailers.remove("x-secret");
    return Action.Continue;
  }

  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    if (this.path == "/wait") headers.set("x-body-callbacks-before", this.seen.toString());
    if (this.path == "/reset-late") this.reset();
    return Action.Continue;
  }

  onResponseTrailers(trailers: ResponseTrailers): Action {
    const all = trailers.all();
    trailers.add("x-count", all.length.toString());
    return Action.Continue;
  }

  onRequestMetadata(count: u32): void {
    log.info("request metadata: " + count.toString());
  }

  onResponseMetadata(count: u32): void {
    log.info("response metadata: " + count.toString());
  }
}

registerHttpFilter<ExtrasFilter, Extras>("extras");
