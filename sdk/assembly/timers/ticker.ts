/** Who takes the ticks of a root context, in place of its `onTick`. */
export abstract class Ticker {
  /** The tick has come. */
  abstract tick(): void;
}
