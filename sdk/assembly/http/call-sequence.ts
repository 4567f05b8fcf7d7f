import { Status } from "../abi";
import { Context } from "../context/context";
import { HeaderList } from "./header-list";
import { HttpCallAnswer, HttpCallHandler } from "./http-call";

/**
 * HTTP calls one after another: `onStep` gets each answer and makes the next call, or ends the matter. Derive from it.
 * The first call is made from outside: `new Login(this).call("auth", …)`.
 */
export abstract class CallSequence extends HttpCallHandler {
  /** How many answers have come. */
  step: i32 = 0;

  /** @param context makes the calls; its end ends the sequence */
  constructor(readonly context: Context) {
    super();
  }

  /** The answer to the call number `step`, from 1, has come. */
  abstract onStep(step: i32, answer: HttpCallAnswer): void;

  /** Makes the next call; see `Context.call`. */
  call(cluster: string, headers: HeaderList, body: string = "", timeoutMilliseconds: u32 = 5000): Status {
    return this.context.call(cluster, headers, this, body, timeoutMilliseconds);
  }

  onAnswer(answer: HttpCallAnswer): void {
    this.onStep(++this.step, answer);
  }
}
