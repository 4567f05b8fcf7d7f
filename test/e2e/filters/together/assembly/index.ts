import {
  Action,
  CallGroup,
  CallSequence,
  HeaderList,
  HttpCallAnswer,
  HttpFilter,
  PluginConfiguration,
  registerHttpFilter,
  RequestHeaders,
  ResponseHeaders,
  RootContext,
  SharedChange,
  sharedData,
  Status,
} from "@meshwasm/sdk/assembly";

class Together extends RootContext {
  private fired: string = "";
  waiting: TogetherFilter | null = null;

  onConfigure(configuration: PluginConfiguration): bool {
    return true;
  }

  /** Starts the timers that `filter` waits for. */
  start(filter: TogetherFilter): void {
    this.waiting = filter;
    this.fired = "";
    this.startTimer("often", 20);
    this.startTimer("once", 50, false);
    this.startTimer("never", 30);
    this.stopTimer("never");
    this.startTimer("end", 150, false);
  }

  onTimer(name: string): void {
    // How often one fires that repeats depends on the clock.
    if (name != "often" || !this.fired.endsWith("often ")) this.fired += name + " ";
    if (name != "end") return;
    const missing = this.stopTimer("once");
    this.stopTimer("often");
    const waiting = this.waiting;
    if (!waiting) return;
    waiting.requestHeaders.set("x-fired", this.fired + (<i32>missing).toString());
    waiting.resumeRequest();
  }
}

function ask(path: string): HeaderList {
  return new HeaderList().add(":method", "GET").add(":path", path).add(":authority", "callee");
}

class Both extends CallGroup {
  constructor(private filter: TogetherFilter) {
    super(filter);
  }

  onAnswers(): void {
    let shown = "";
    for (let i = 0; i < this.answers.length; i++) {
      const answer = this.answers[i];
      const reason = answer.headers.get("x-reason");
      shown +=
        answer.status.toString() + " " + (reason ? reason : "-") + " " + answer.body.length.toString() + "; ";
    }
    this.filter.requestHeaders.set("x-answers", shown + (this.isOpen ? "open" : "all"));
    this.filter.resumeRequest();
  }
}

class Steps extends CallSequence {
  private seen: string = "";

  constructor(private filter: TogetherFilter) {
    super(filter);
  }

  onStep(step: i32, answer: HttpCallAnswer): void {
    this.seen += step.toString() + ":" + answer.status.toString() + " ";
    if (answer.status == 200 && this.call("callee", ask("/call/no")) == Status.Ok) return;
    this.filter.requestHeaders.set("x-steps", this.seen.trim());
    this.filter.resumeRequest();
  }
}

/** Adds a letter, after somebody else was quicker the first time. */
class Letter extends SharedChange {
  tries: i32 = 0;

  constructor(private key: string) {
    super();
  }

  next(current: Uint8Array | null): Uint8Array | null {
    this.tries++;
    const text = current ? String.UTF8.decode(current.buffer) : "";
    if (text.length >= 3) return null;
    if (this.tries == 1) sharedData.set(this.key, text + "b");
    return Uint8Array.wrap(String.UTF8.encode(text + "a"));
  }
}

class TogetherFilter extends HttpFilter<Together> {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    if (headers.equals(":path", "/parallel")) {
      const both = new Both(this);
      both.call("callee", ask("/call/yes"));
      both.call("nowhere", ask("/call/yes"));
      both.call("callee", ask("/call/no"));
      return both.isOpen ? Action.Pause : Action.Continue;
    }
    if (headers.equals(":path", "/sequence")) {
      new Steps(this).call("callee", ask("/call/yes"));
      return Action.Pause;
    }
    if (headers.equals(":path", "/timers")) {
      this.root.start(this);
      return Action.Pause;
    }
    if (headers.equals(":path", "/shared")) this.share(headers);
    if (headers.equals(":path", "/kept")) this.keepRequestHeaders();
    return Action.Continue;
  }

  private share(headers: RequestHeaders): void {
    const key = headers.get("x-key")!;
    const first = sharedData.add(key + " number", 40);
    headers.set("x-sum", first.toString() + " " + sharedData.add(key + " number", 2).toString());
    const change = new Letter(key);
    const once = sharedData.update(key, change);
    headers.set(
      "x-text",
      (<i32>once).toString() + " " + sharedData.get(key)!.text + " " + change.tries.toString(),
    );
    sharedData.update(key, new Letter(key));
    const full = sharedData.update(key, new Letter(key));
    headers.set("x-full", (<i32>full).toString() + " " + sharedData.get(key)!.text);
    headers.set(
      "x-one-try",
      (<i32>sharedData.update(key + " other", new Letter(key + " other"), 1)).toString(),
    );
  }

  onResponseHeaders(headers: ResponseHeaders, endOfStream: bool): Action {
    const kept = this.keptRequestHeaders;
    const name = kept ? kept.get("x-name") : null;
    headers.set("x-kept", name ? name : "none");
    return Action.Continue;
  }
}

registerHttpFilter<TogetherFilter, Together>("together");
