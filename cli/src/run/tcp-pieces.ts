import { recordedBodyLimit } from "../record/recorded.js";

/** Bytes in the pieces in which they came. What comes once they are more than is recorded is dropped. */
export class Pieces {
  readonly list: Buffer[] = [];
  #size = 0;

  add(bytes: Buffer): void {
    if (this.#size > recordedBodyLimit) return;
    this.#size += bytes.length;
    this.list.push(Buffer.from(bytes));
  }
}

/** What the two ends of a connection sent, as a case says it. */
export class TcpPieces {
  readonly #send = new Pieces();
  /** What the upstream sent, by how many pieces it had got by then. */
  readonly answers: Buffer[] = [];
  /** Whether the upstream spoke before it had got anything: a case cannot say that. */
  unasked = false;
  #answered = 0;

  get send(): Buffer[] {
    return this.#send.list;
  }

  /** The client sends. */
  fromClient(bytes: Buffer): void {
    this.#send.add(bytes);
  }

  /** The upstream sends. @param asked how many pieces it has got */
  fromUpstream(bytes: Buffer, asked: number): void {
    this.unasked ||= asked === 0;
    if (this.#answered > recordedBodyLimit) return;
    this.#answered += bytes.length;
    while (this.answers.length < asked) this.answers.push(Buffer.alloc(0));
    if (asked > 0) this.answers[asked - 1] = Buffer.concat([this.answers[asked - 1] as Buffer, bytes]);
  }
}
