import {
  Action,
  Counter,
  HeaderList,
  HttpFilter,
  log,
  PluginConfiguration,
  registerHttpFilter,
  RequestHeaders,
  ResponseHeaders,
  RootContext,
  Status,
} from "@meshwasm/sdk/assembly";

const requests = new Counter("probe.requests");

class Probe extends RootContext {
  text: string = "";
  bytes: i32 = 0;

  onConfigure(configuration: PluginConfiguration): bool {
    this.text = configuration.text();
    this.bytes = configuration.bytes().length;
    const json = configuration.json();
    return json.get("accept").asBool(true);
  }
}

class ProbeFilter extends HttpFilter<Probe> {
  path: string = "";

  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    requests.increment(2);
    const path = headers.get(":path");
    this.path = path ? path : "";
    if (this.path == "/get") {
      const absent = headers.get("x-absent");
      const absentStatus = headers.status;
      const empty = headers.get("x-empty");
      headers.set(
        "x-absent-is",
        absent == null && absentStatus == Status.NotFound ? "null, NotFound" : "wrong",
      );
      headers.set(
        "x-empty-is",
        empty != null && empty.length == 0 && headers.status == Status.Ok ? "empty, Ok" : "wrong",
      );
      headers.set("x-equals", headers.equals("x-name", "grüße") ? "same" : "other");
      headers.set("x-has", headers.has("x-name") ? "yes" : "no");
      const raw = headers.getBytes("x-raw");
      headers.set("x-raw-length", raw ? raw.length.toString() : "null");
    }
    if (this.path == "/all") {
      const all = headers.all();
      let tags = "";
      for (let i = 0; i < all.length; i++) {
        const entry = all.at(i)!;
        if (entry.isNamed("x-tag")) tags += entry.value + ";";
      }
      headers.set("x-tags", tags);
      headers.set("x-first-tag", all.get("x-tag")!);
    }
    if (this.path == "/change") {
      headers.add("x-added", "one");
      headers.add("x-added", "two");
      headers.set("x-replaced", "new");
      headers.remove("x-removed");
      headers.set(":path", "/elsewhere");
    }
    if (this.path == "/set-all") {
      const list = new HeaderList();
      list.add(":method", "GET").add(":path", "/set").add(":authority", "set.example").add(":scheme", "http");
      list.add("x-forwarded-proto", "http");
      headers.setAll(list.add("x-only", "this"));
    }
    if (this.path == "/deny") {
      return this.respond(
        403,
        "no entry\n",
        new HeaderList().add("x-why", "probe").add("x-why", "test"),
        "probe_denied",
      );
    }
    if (this.path == "/log") {
      log.debug("a debug line");
      log.info("grüße 🎉");
      log.warn("a warning");
      log.error("an error");
    }
    if (this.path == "/config") {
      headers.set("x-config", this.root.text);
      headers.set("x-config-bytes", this.root.bytes.toString());
    }
    if (this.path == "/trap") throw new Error("on purpose");
    return Action.Continue;
  }

  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    headers.set("x-end-of-stream", endOfStream ? "true" : "false");
    headers.set("x-path", this.path);
    if (this.path == "/deny-late") return this.respond(502, "late\n");
    return Action.Continue;
  }

  onLog(): void {
    if (this.path == "/log") log.info("logged");
  }

  onDone(): void {
    if (this.path == "/log") log.info("done");
  }

  onDelete(): void {
    if (this.path == "/log") log.info("deleted");
  }
}

registerHttpFilter<ProbeFilter, Probe>("probe");
