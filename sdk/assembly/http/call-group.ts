import { Status } from "../abi";
import { Context } from "../context/context";
import { HeaderList } from "./header-list";
import { HttpCallAnswer, HttpCallHandler } from "./http-call";

/** An answer that is kept: a copy of what lives in Envoy only while its callback runs. */
export class KeptAnswer {
  constructor(
    /** The HTTP status; 0: the call was not sent, failed, or is not answered yet. */
    readonly status: u32,
    /** The headers; empty without an answer. */
    readonly headers: HeaderList,
    /** The body; empty without an answer. */
    readonly body: Uint8Array,
  ) {}
}

class Member extends HttpCallHandler {
  constructor(
    private group: CallGroup,
    private index: i32,
  ) {
    super();
  }

  onAnswer(answer: HttpCallAnswer): void {
    this.group.answered(this.index, answer);
  }
}

/**
 * HTTP calls at the same time: `onAnswers` is called once, when the last answer has come. Derive from it, and make all calls
 * in one callback.
 */
export abstract class CallGroup {
  /** The answers so far, in the order of the calls. */
  readonly answers: KeptAnswer[] = [];
  private pending: i32 = 0;

  /** @param context makes the calls; its end ends the group */
  constructor(readonly context: Context) {}

  /** All calls are answered, or have failed. Hostcalls act on the context that made them. */
  abstract onAnswers(): void;

  /** Whether answers are still to come. When no call could be sent, it is false at once and `onAnswers` never comes. */
  get isOpen(): bool {
    return this.pending > 0;
  }

  /** Makes one more call; see `Context.call`. One that could not be sent has an answer with status 0. */
  call(cluster: string, headers: HeaderList, body: string = "", timeoutMilliseconds: u32 = 5000): Status {
    const member = new Member(this, this.answers.length);
    this.answers.push(new KeptAnswer(0, new HeaderList(), new Uint8Array(0)));
    const status = this.context.call(cluster, headers, member, body, timeoutMilliseconds);
    if (status == Status.Ok) this.pending++;
    return status;
  }

  /** The SDK's own: the answer to the call number `index` has come. */
  answered(index: i32, answer: HttpCallAnswer): void {
    const body = answer.body.bytes();
    this.answers[index] = new KeptAnswer(
      answer.status,
      answer.headers.all(),
      body ? body : new Uint8Array(0),
    );
    if (--this.pending == 0) this.onAnswers();
  }
}
