import { StreamData, callResponseBody } from "../stream-data";
import { AnswerHeaders, answerHeaders, answerTrailers } from "./headers";

/** The answer to an HTTP call. It lives in Envoy, and is there while `onAnswer` runs. */
export class HttpCallAnswer {
  constructor(
    private headerCount: u32,
    /** Bytes of the body. */
    readonly size: u32,
    private trailerCount: u32,
  ) {}

  /**
   * Whether there is no answer: the connection was lost before one came. A time-out and an unreachable cluster are
   * answered by Envoy itself, with 504 and 503.
   */
  get failed(): bool {
    return this.headerCount == 0;
  }

  /** The HTTP status; 0 when the call failed. */
  get status(): u32 {
    if (this.failed) return 0;
    const text = answerHeaders.get(":status");
    return text ? <u32>parseStatus(text) : 0;
  }

  /** The headers, `:status` included; they can be read only. */
  get headers(): AnswerHeaders {
    return answerHeaders;
  }

  /** Whether trailers came behind the body; where none came, the host refuses to read them (`BadArgument`). */
  get hasTrailers(): bool {
    return this.trailerCount > 0;
  }

  /** The trailers, where there are some. */
  get trailers(): AnswerHeaders {
    return answerTrailers;
  }

  /** The body; it can be read only. */
  get body(): StreamData {
    return callResponseBody;
  }
}

/** What becomes of the answer to an HTTP call. Derive from it, and keep in it what the answer decides about. */
export abstract class HttpCallHandler {
  /**
   * The answer has come, or the call has failed. Hostcalls act on the context that made the call; when that is gone,
   * this is not called.
   */
  abstract onAnswer(answer: HttpCallAnswer): void;
}

/** The number that three digits are; 0 for anything else. */
function parseStatus(text: string): i32 {
  let status = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9 || text.length != 3) return 0;
    status = status * 10 + digit;
  }
  return status;
}
