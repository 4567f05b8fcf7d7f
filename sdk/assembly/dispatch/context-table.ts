import { Context } from "../context/context";

/**
 * From the numbers that Envoy gives to the contexts they mean. Numbers rise by one, so that almost every look-up
 * finds its context in the first place where it looks. (The standard Map traps on a missing key, and is larger.)
 */
export class ContextTable {
  private slots: StaticArray<Context | null> = new StaticArray<Context | null>(16);
  private count: i32 = 0;

  /** The context numbered `id`, or null. */
  get(id: u32): Context | null {
    let context = unchecked(this.slots[id & (this.slots.length - 1)]);
    while (context && context.id != id) context = context.inSameSlot;
    return context;
  }

  /** Adds a context; it hides one that has the same number. */
  add(context: Context): void {
    if (this.count == this.slots.length) this.grow();
    this.place(context);
    this.count++;
  }

  /** Forgets the context numbered `id`. */
  remove(id: u32): void {
    const slot = id & (this.slots.length - 1);
    let before: Context | null = null;
    let context = unchecked(this.slots[slot]);
    while (context && context.id != id) {
      before = context;
      context = context.inSameSlot;
    }
    if (!context) return;
    if (before) before.inSameSlot = context.inSameSlot;
    else unchecked((this.slots[slot] = context.inSameSlot));
    this.count--;
  }

  private place(context: Context): void {
    const slot = context.id & (this.slots.length - 1);
    context.inSameSlot = unchecked(this.slots[slot]);
    unchecked((this.slots[slot] = context));
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new StaticArray<Context | null>(old.length * 2);
    for (let i = 0; i < old.length; i++) {
      for (let context = unchecked(old[i]); context;) {
        const next = context.inSameSlot;
        this.place(context);
        context = next;
      }
    }
  }
}
