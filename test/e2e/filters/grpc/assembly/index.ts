import {
  Action,
  AnswerHeaders,
  GrpcCallHandler,
  GrpcStatus,
  GrpcStreamHandler,
  HeaderList,
  HttpFilter,
  log,
  ProtobufReader,
  ProtobufWriter,
  registerHttpFilter,
  RequestHeaders,
  Status,
  StreamData,
} from "@meshwasm/sdk/assembly";

function textOf(text: string | null): string {
  return text ? text : "null";
}

class Answer extends GrpcCallHandler {
  constructor(private filter: GrpcFilter) {
    super();
  }

  onAnswer(message: StreamData, size: u32): void {
    let shown = textOf(message.text());
    if (this.filter.path == "/call/protobuf") shown = readMessage(message.bytes()!);
    this.filter.note("answer " + shown + " " + size.toString() + (this.isOpen ? " open" : ""));
    this.filter.finish();
  }

  onFailure(status: GrpcStatus, message: string): void {
    this.filter.note("failed " + status.toString() + " '" + message + "'");
    this.filter.finish();
  }
}

class Talk extends GrpcStreamHandler {
  constructor(private filter: GrpcFilter) {
    super();
  }

  onInitialMetadata(metadata: AnswerHeaders): void {
    this.filter.note("initial " + textOf(metadata.get("x-i")));
  }

  onMessage(message: StreamData, size: u32): void {
    const text = textOf(message.text());
    this.filter.note("message " + text);
    if (this.filter.path == "/stream/answer" && text == "one") this.sendText("two", true);
    if (this.filter.path == "/stream/cancel") {
      this.filter.note("cancel " + (<i32>this.cancel()).toString());
      this.filter.finish();
    }
  }

  onTrailingMetadata(metadata: AnswerHeaders): void {
    this.filter.note(
      "trailing " + textOf(metadata.get("x-t")) + " " + (<i32>metadata.set("x-t", "3")).toString(),
    );
  }

  onClose(status: GrpcStatus, message: string): void {
    const late = this.sendText("late");
    this.filter.note(
      "closed " +
        status.toString() +
        " '" +
        message +
        "' " +
        (<i32>late).toString() +
        (this.isOpen ? " open" : ""),
    );
    this.filter.finish();
  }
}

function writeMessage(): Uint8Array {
  return new ProtobufWriter()
    .text(1, "grüße 🎉")
    .integer(2, -1)
    .signed(3, -3)
    .bool(4, true)
    .double(5, 1.5)
    .float(6, 0.25)
    .message(7, new ProtobufWriter().data(1, new Uint8Array(200)))
    .fixed32(8, 7)
    .integer(1000, 300).bytes;
}

function readMessage(bytes: Uint8Array): string {
  let shown = "";
  const fields = new ProtobufReader(bytes);
  while (fields.next()) {
    if (fields.field == 1) shown += fields.text();
    if (fields.field == 2) shown += "," + fields.integer().toString();
    if (fields.field == 3) shown += "," + fields.signed().toString();
    if (fields.field == 4) shown += fields.bool() ? ",yes" : ",no";
    if (fields.field == 5 || fields.field == 6) shown += "," + fields.float().toString();
    if (fields.field == 7) {
      const inner = fields.message();
      shown += inner.next() ? "," + inner.data().length.toString() : ",none";
    }
    if (fields.field == 8 || fields.field == 1000) shown += "," + fields.integer().toString();
  }
  return shown + (fields.isMalformed ? " malformed" : "");
}

class GrpcFilter extends HttpFilter {
  path: string = "";
  private events: string = "";
  private headers: RequestHeaders | null = null;

  /** Adds to what the upstream is told. */
  note(event: string): void {
    this.events += (this.events.length ? "; " : "") + event;
  }

  /** Lets the request go on, with the events in a header. */
  finish(): void {
    this.headers!.set("x-events", this.events);
    this.resumeRequest();
  }

  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    this.headers = headers;
    this.path = textOf(headers.get(":path"));
    const isStream = this.path.startsWith("/stream/");
    const started = isStream ? this.stream() : this.ask();
    // The context that hostcalls act on is this one again, whatever was called back meanwhile.
    headers.set("x-started", (<i32>started).toString());
    if (started == Status.Ok) return Action.Pause;
    headers.set("x-events", this.events);
    return Action.Continue;
  }

  private ask(): Status {
    const handler = new Answer(this);
    let method = "Echo";
    let cluster = "grpc";
    if (this.path == "/call/fail") method = "Fail";
    if (this.path == "/call/empty") method = "Empty";
    if (this.path == "/call/reset") method = "Reset";
    if (this.path == "/call/hang" || this.path == "/call/cancel") method = "Hang";
    if (this.path == "/call/nowhere") cluster = "nowhere";
    const message =
      this.path == "/call/protobuf" ? writeMessage() : Uint8Array.wrap(String.UTF8.encode("question"));
    const timeout: u32 = this.path == "/call/hang" ? 100 : 8000;
    const metadata = new HeaderList().add("x-asked", "yes");
    const status = this.grpcCall(cluster, "test.Service", method, message, handler, metadata, timeout);
    if (this.path == "/call/twice") {
      const again = this.grpcCall(cluster, "test.Service", method, message, handler);
      this.note("again " + (<i32>again).toString());
    }
    if (this.path == "/call/cancel") {
      this.note(handler.isOpen ? "open" : "not open");
      this.note("cancel " + (<i32>handler.cancel()).toString() + " " + (<i32>handler.cancel()).toString());
      return Status.Empty;
    }
    return status;
  }

  private stream(): Status {
    const talk = new Talk(this);
    let method = "Echo";
    if (this.path == "/stream/fail") method = "Fail";
    if (this.path == "/stream/reset") method = "Reset";
    if (this.path == "/stream/break") method = "Break";
    if (this.path == "/stream/hang") method = "Hang";
    const cluster = this.path == "/stream/nowhere" ? "nowhere" : "grpc";
    const status = this.grpcStream(cluster, "test.Service", method, talk);
    if (this.path == "/stream/hang") {
      // The end of this stream cancels the other one.
      this.note("open");
      return Status.Empty;
    }
    if (status != Status.Ok || method == "Fail" || method == "Reset") return status;
    this.note("send " + (<i32>talk.sendText("one")).toString());
    if (this.path == "/stream/close") this.note("close " + (<i32>talk.close()).toString());
    if (this.path == "/stream/bytes") talk.send(Uint8Array.wrap(String.UTF8.encode("bytes")), true);
    return status;
  }

  onLog(): void {
    if (this.path == "/stream/hang") log.info("the end");
  }
}

registerHttpFilter<GrpcFilter>("grpc");
