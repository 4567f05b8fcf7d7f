import { Context } from "../context/context";

/**
 * From the numbers that Envoy gives to the contexts they mean. Numbers rise by one, so that almost every look-up
 * finds its context in the first place where it looks. (The standard Map traps on a missing key, and is larger.)
 */
export class ContextTable {
  private slots: StaticArray<Context | null> = new StaticArray<Context | null>(16);
  private count: u32 = 0;

  /** The context numbered `id`, or null. */
  get(id: u32): Context | null {
    const mask = this.slots.length - 1;
    let i = id & mask;
    let context = unchecked(this.slots[i]);
    while (context && context.id != id) {
      i = (i + 1) & mask;
      context = unchecked(this.slots[i]);
    }
    return context;
  }

  /** Adds a context whose number is not there yet. */
  add(context: Context): void {
    // At most half full: probes stay short, and `get` always meets an empty place.
    if ((this.count + 1) * 2 > <u32>this.slots.length) this.grow();
    this.place(context);
    this.count++;
  }

  /** Forgets the context numbered `id`. */
  remove(id: u32): void {
    const mask = this.slots.length - 1;
    let hole = id & mask;
    while (true) {
      const context = unchecked(this.slots[hole]);
      if (!context) return;
      if (context.id == id) break;
      hole = (hole + 1) & mask;
    }
    unchecked((this.slots[hole] = null));
    this.count--;
    // Whatever was pushed past the hole moves back, or it would not be found any more.
    for (let i = (hole + 1) & mask; ; i = (i + 1) & mask) {
      const context = unchecked(this.slots[i]);
      if (!context) return;
      unchecked((this.slots[i] = null));
      this.place(context);
    }
  }

  private place(context: Context): void {
    const mask = this.slots.length - 1;
    let i = context.id & mask;
    while (unchecked(this.slots[i])) i = (i + 1) & mask;
    unchecked((this.slots[i] = context));
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new StaticArray<Context | null>(old.length * 2);
    for (let i = 0; i < old.length; i++) {
      const context = unchecked(old[i]);
      if (context) this.place(context);
    }
  }
}
